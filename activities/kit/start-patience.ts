import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { wantsRoom } from '../../resources/workloads/pod-room.js';
import { troubleOf } from '../../resources/workloads/pod-trouble.js';
import { eventTime } from './last-events.js';

/** Waiting reasons that do not pass with time. */
const UNRECOVERABLE: readonly string[] = ['InvalidImageName', 'ErrImageNeverPull'];
const LAST_EVENTS = 3;

/**
 * Counts how long a pod cannot start, or how long its controller (a Job) makes none. Its signal aborts with PodStuck, naming the last
 * events, when that is too long.
 */
export class StartPatience {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private stuck: KubeObject | undefined;

  constructor(
    private readonly client: ClusterClient,
    private readonly seconds: number,
    /** Waiting reasons that count as final, besides those that always do. */
    private readonly hopeless: readonly string[] = [],
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The pod exists and does not run yet; or its controller exists, and no pod. While no node has room for it, its time does not run. */
  waiting(stuck: KubeObject): void {
    this.stuck = stuck;
    if (wantsRoom(stuck)) this.stop();
    else this.timer ??= setTimeout(() => void this.giveUp(), this.seconds * 1_000);
    if (this.isHopeless(stuck)) void this.giveUp();
  }

  /** The pod runs, or is no longer of interest. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async giveUp(): Promise<void> {
    const stuck = this.stuck as KubeObject;
    // The events only explain: it is a failure without them too.
    const events = await lastEvents(this.client, stuck).catch(() => []);
    const { kind, metadata, status } = stuck;
    this.controller.abort(
      new StepFailure({
        type: FAILURE.PodStuck,
        what: `${describeReference(referenceOf(stuck))} cannot start`,
        where: `cluster ${this.client.name}`,
        why: [
          troubleOf(stuck) ?? `It has been ${status?.phase ?? 'not started'} for ${this.seconds} s`,
          ...events,
        ].join('; '),
        next: `Fix what the events name (kubectl describe ${kind.toLowerCase()} -n ${metadata.namespace} ${metadata.name}), then start the migration again.`,
      }),
    );
  }

  private isHopeless({ status }: KubeObject): boolean {
    const containers: { state?: { waiting?: { reason?: string } } }[] = status?.containerStatuses ?? [];
    return containers.some(({ state }) => [...UNRECOVERABLE, ...this.hopeless].includes(state?.waiting?.reason ?? ''));
  }
}

/** Of the pod, and of claims it waits for. */
async function lastEvents(client: ClusterClient, { metadata, spec }: KubeObject): Promise<string[]> {
  const { namespace, uid } = metadata;
  const claims: string[] = (spec?.volumes ?? []).flatMap(
    (volume: { persistentVolumeClaim?: { claimName: string } }) => volume.persistentVolumeClaim?.claimName ?? [],
  );
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Event' },
    { namespace, signal: AbortSignal.timeout(5_000) },
  );
  return items
    .filter(
      ({ type, involvedObject }) =>
        type === 'Warning' &&
        (involvedObject.uid === uid ||
          (involvedObject.kind === 'PersistentVolumeClaim' && claims.includes(involvedObject.name))),
    )
    .sort((one, other) => eventTime(one).localeCompare(eventTime(other)))
    .slice(-LAST_EVENTS)
    .map(({ involvedObject, reason, message }) => `${involvedObject.kind} ${reason}: ${message}`);
}
