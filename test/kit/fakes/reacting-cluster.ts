import { EventEmitter, on } from 'node:events';
import type { ApiResource, ApiType, ClusterClient, ListOptions, WatchEvent } from '../../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';
import type { KubeObject, ObjectReference } from '../../../resources/meta/kube-object.js';
import { fakeResource } from './fake-resources.js';
import { mergePatch } from './merge-patch.js';

type Ref = Omit<ObjectReference, 'apiVersion'>;

/**
 * A cluster in memory with the part of the API that most activities need: no admission, no controllers. Every kind is served from its
 * first object on. `react` plays the controllers: it is called after each write.
 */
export class ReactingCluster {
  readonly objects = new Map<string, KubeObject>();
  readonly writes: string[] = [];
  /** Of its servers; none, as of a cluster that is reached without TLS. */
  readonly serverKeys = new Set<string>();
  react: (object: KubeObject) => void = () => undefined;
  private revision = 0;
  private readonly changes = new EventEmitter().setMaxListeners(100);

  constructor(
    readonly name: string,
    ...objects: KubeObject[]
  ) {
    for (const object of objects) this.store('ADDED', object);
  }

  /** As activities know it. */
  get client(): ClusterClient {
    return this as unknown as ClusterClient;
  }

  read(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return this.objects.get(keyOf({ kind, name, namespace }));
  }

  /** What a controller or another client does. */
  edit(ref: Ref, change: object): void {
    const before = this.objects.get(keyOf(ref));
    if (before) this.store('MODIFIED', mergePatch(before, change) as KubeObject);
  }

  async version(): Promise<{ major: number; minor: number; gitVersion: string }> {
    return { major: 1, minor: 36, gitVersion: 'v1.36.3' };
  }

  async discover(): Promise<ApiResource[]> {
    const kinds = new Map([...this.objects.values()].map((object) => [object.kind, object]));
    return [...kinds.values()].map(fakeResource);
  }

  async resourceOf({ apiVersion, kind }: ApiType): Promise<ApiResource | undefined> {
    return fakeResource({ apiVersion, kind });
  }

  async get(ref: ObjectReference): Promise<KubeObject | undefined> {
    return this.objects.get(keyOf(ref));
  }

  async list(type: ApiType, options: ListOptions = {}): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const items = [...this.objects.values()].filter(
      (object) => object.kind === type.kind && isSelected(object, options),
    );
    return { items, resourceVersion: String(this.revision) };
  }

  async create(object: KubeObject): Promise<KubeObject> {
    const { kind, metadata } = object;
    if (this.objects.has(keyOf({ kind, ...metadata }))) throw this.refusal(409, 'AlreadyExists', `create ${kind}`);
    this.writes.push(`create ${keyOf({ kind, ...metadata })}`);
    return this.store('ADDED', object);
  }

  async createIfAbsent(object: KubeObject): Promise<{ object: KubeObject; created: boolean }> {
    const there = this.objects.get(keyOf({ kind: object.kind, ...object.metadata }));
    return there ? { object: there, created: false } : { object: await this.create(object), created: true };
  }

  async patch(ref: ObjectReference, patch: object): Promise<KubeObject> {
    const before = this.objects.get(keyOf(ref));
    if (!before) throw this.refusal(404, 'NotFound', `patch ${ref.kind}`);
    this.writes.push(`patch ${keyOf(ref)}`);
    return this.store('MODIFIED', mergePatch(before, patch) as KubeObject);
  }

  async remove(ref: ObjectReference): Promise<boolean> {
    const before = this.objects.get(keyOf(ref));
    if (!before) return false;
    this.writes.push(`delete ${keyOf(ref)}`);
    this.objects.delete(keyOf(ref));
    this.changes.emit('change', { type: 'DELETED', object: before } satisfies WatchEvent);
    return true;
  }

  async *watch(type: ApiType, options: ListOptions = {}): AsyncGenerator<WatchEvent> {
    const changes = on(this.changes, 'change', { signal: options.signal });
    const { items, resourceVersion } = await this.list(type, options);
    yield { type: 'SYNCED', objects: items, resourceVersion };
    for await (const [event] of changes) {
      if (event.object.kind === type.kind && isSelected(event.object, options)) yield event;
    }
  }

  private store(type: 'ADDED' | 'MODIFIED', object: KubeObject): KubeObject {
    this.revision += 1;
    const { metadata } = object;
    const stored = {
      ...object,
      metadata: { uid: `${this.name}-${this.revision}`, ...metadata, resourceVersion: String(this.revision) },
    };
    this.objects.set(keyOf({ kind: object.kind, ...metadata }), stored);
    this.changes.emit('change', { type, object: stored } satisfies WatchEvent);
    this.react(stored);
    return stored;
  }

  private refusal(code: number, reason: string, verb: string): KubernetesApiError {
    return new KubernetesApiError(`${verb}: ${reason}`, { code, reason, cluster: this.name, verb, path: '' });
  }
}

const keyOf = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

function isSelected(object: KubeObject, { namespace, labelSelector = '', fieldSelector = '' }: ListOptions): boolean {
  const { metadata } = object;
  const labels = labelSelector.split(',').filter(Boolean);
  const fields = fieldSelector.split(',').filter(Boolean);
  return (
    (namespace === undefined || metadata.namespace === namespace) &&
    labels.every((term) => {
      const [key = '', value] = term.split('=');
      return metadata.labels?.[key] === value;
    }) &&
    fields.every((term) => {
      const [field = '', value] = term.split('=');
      return (field === 'metadata.name' ? metadata.name : object[field]) === value;
    })
  );
}
