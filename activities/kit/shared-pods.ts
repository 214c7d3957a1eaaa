import type { ClusterClient, WatchEvent } from '../../clusters/cluster-client.js';
import { type KubeObject, POD } from '../../resources/meta/kube-object.js';
import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../../resources/meta/selectors.js';

interface Selection {
  namespace: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal: AbortSignal;
}

interface Reader {
  tell(event: WatchEvent): void;
  fail(error: unknown): void;
}

/**
 * One watch of a namespace's pods for all who follow some of them. What it shows first is what it has seen so far, which may lag behind a
 * change that its reader has just made.
 */
class NamespacePods {
  private readonly readers = new Set<Reader>();
  private readonly stop = new AbortController();
  private pods: Map<string, KubeObject> | undefined;

  constructor(
    private readonly client: ClusterClient,
    private readonly namespace: string,
    private readonly onEnd: () => void,
  ) {
    void this.follow();
  }

  async *read({ labelSelector, fieldSelector, signal }: Selection): AsyncGenerator<WatchEvent, void, undefined> {
    const labels = parseLabelSelector(labelSelector ?? '');
    const fields = parseFieldSelector(fieldSelector ?? '');
    const isOurs = (pod: KubeObject) => matchesLabels(labels, pod.metadata.labels) && matchesFields(fields, pod);
    const events: WatchEvent[] = [];
    let failure: { error: unknown } | undefined;
    let wake = (): void => undefined;
    const reader: Reader = {
      tell: (event) => {
        if (event.type === 'SYNCED') events.push({ ...event, objects: event.objects.filter(isOurs) });
        else if (isOurs(event.object)) events.push(event);
        wake();
      },
      fail: (error) => {
        failure = { error };
        wake();
      },
    };
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    this.readers.add(reader);
    if (this.pods) reader.tell({ type: 'SYNCED', objects: [...this.pods.values()], resourceVersion: '' });
    try {
      for (;;) {
        signal.throwIfAborted();
        const event = events.shift();
        if (event) yield event;
        else if (failure) throw failure.error;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.readers.delete(reader);
      if (this.readers.size === 0) this.end();
    }
  }

  private end(): void {
    this.onEnd();
    this.stop.abort();
  }

  private async follow(): Promise<void> {
    try {
      for await (const event of this.client.watch(POD, { namespace: this.namespace, signal: this.stop.signal })) {
        this.note(event);
        for (const reader of this.readers) reader.tell(event);
      }
    } catch (error) {
      this.onEnd();
      for (const reader of this.readers) reader.fail(error);
    }
  }

  private note(event: WatchEvent): void {
    if (event.type === 'SYNCED') this.pods = new Map(event.objects.map((pod) => [pod.metadata.name, pod]));
    else if (event.type === 'DELETED') this.pods?.delete(event.object.metadata.name);
    else this.pods?.set(event.object.metadata.name, event.object);
  }
}

const ofClient = new WeakMap<object, Map<string, NamespacePods>>();

/** Pods of a namespace, as a watch tells of them, by one connection for all who ask for some of them. */
export function watchSharedPods(
  client: ClusterClient & { base?: ClusterClient },
  selection: Selection,
): AsyncGenerator<WatchEvent, void, undefined> {
  const base = client.base ?? client;
  const { namespace } = selection;
  const namespaces = ofClient.get(base) ?? new Map<string, NamespacePods>();
  ofClient.set(base, namespaces);
  let pods = namespaces.get(namespace);
  if (!pods) {
    const made: NamespacePods = new NamespacePods(base, namespace, () => {
      if (namespaces.get(namespace) === made) namespaces.delete(namespace);
    });
    pods = made;
    namespaces.set(namespace, pods);
  }
  return pods.read(selection);
}
