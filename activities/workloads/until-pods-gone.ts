import type { ClusterClient, WatchEvent } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { POD } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import type { Pulse } from '../kit/pulse.js';

interface Departure {
  namespaces: readonly string[];
  /** Which pods have to go; asked once per pod. */
  concerns: (pod: KubeObject) => boolean | Promise<boolean>;
  /** Called when a pod appears while the others end. What it throws ends the wait. */
  onArrival?: () => Promise<void>;
  pulse: Pulse;
}

/**
 * Watches until no pod in question is left. A terminating pod still counts: it may write until its last container has ended; one whose
 * containers have all ended does not.
 *
 * @returns how many pods there were
 */
export async function untilPodsGone(client: ClusterClient, departure: Departure): Promise<number> {
  const pods = new PodsLeft(client, departure);
  const stop = new AbortController();
  const signal = AbortSignal.any([departure.pulse.signal, stop.signal]);
  const follow = async (namespace: string): Promise<void> => {
    for await (const event of client.watch(POD, { namespace, signal })) {
      await pods.apply(namespace, event);
      if (pods.isEmpty(namespace)) return;
    }
  };
  try {
    await Promise.all(departure.namespaces.map(follow));
  } finally {
    stop.abort();
  }
  return pods.seen;
}

class PodsLeft {
  /** By namespace and uid. */
  private readonly left = new Map<string, Map<string, KubeObject>>();
  private readonly verdicts = new Map<string, boolean>();
  private fewest = Number.POSITIVE_INFINITY;

  constructor(
    private readonly client: ClusterClient,
    private readonly departure: Departure,
  ) {}

  get seen(): number {
    return [...this.verdicts.values()].filter(Boolean).length;
  }

  isEmpty(namespace: string): boolean {
    return (this.left.get(namespace)?.size ?? 0) === 0;
  }

  async apply(namespace: string, event: WatchEvent): Promise<void> {
    if (event.type === 'SYNCED') {
      this.left.set(namespace, new Map());
      for (const pod of event.objects) await this.set(namespace, pod);
    } else if (event.type === 'DELETED') {
      this.left.get(namespace)?.delete(uidOf(event.object));
    } else {
      await this.set(namespace, event.object);
      if (event.type === 'ADDED' && this.left.get(namespace)?.has(uidOf(event.object))) {
        await this.departure.onArrival?.();
      }
    }
    this.report();
  }

  private async set(namespace: string, pod: KubeObject): Promise<void> {
    const uid = uidOf(pod);
    const pods = this.left.get(namespace) ?? new Map<string, KubeObject>();
    this.left.set(namespace, pods);
    if (isFinishedPod(pod) || !(await this.isConcerned(pod))) pods.delete(uid);
    else pods.set(uid, pod);
  }

  private async isConcerned(pod: KubeObject): Promise<boolean> {
    const uid = uidOf(pod);
    const verdict = this.verdicts.get(uid) ?? (await this.departure.concerns(pod));
    this.verdicts.set(uid, verdict);
    return verdict;
  }

  private report(): void {
    const all = [...this.left.values()].flatMap((pods) => [...pods.values()]);
    if (all[0]) this.departure.pulse.about(this.client, all[0]);
    const seen = all.length === 0 ? 'No pod is left.' : `Pods left (${all.length}): ${listSome(all.map(describePod))}.`;
    if (all.length < this.fewest) this.departure.pulse.moved(seen);
    else this.departure.pulse.observe(seen);
    this.fewest = Math.min(this.fewest, all.length);
  }
}

const uidOf = (object: KubeObject): string => object.metadata.uid ?? object.metadata.name;

const describePod = ({ metadata, status, spec }: KubeObject): string => {
  const state = metadata.deletionTimestamp ? 'terminating' : status?.phase;
  return `${metadata.namespace}/${metadata.name} (${state}${spec?.nodeName ? ` on node ${spec.nodeName}` : ''})`;
};
