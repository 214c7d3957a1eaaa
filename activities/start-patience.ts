import type { ClusterClient } from '../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../resources/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../resources/kube-object.js';
import { troubleOf } from '../resources/workloads/pod-trouble.js';
import { eventTime } from './last-events.js';

/** Waiting reasons no time mends. */
const HOPELESS = ['InvalidImageName', 'ErrImageNeverPull'];
const LAST_EVENTS = 3;

/** Counts how long a pod can't start. Its signal aborts with PodStuck, naming the pod's last events, when that is too long. */
export class StartPatience {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private pod: KubeObject | undefined;

  constructor(
    private readonly client: ClusterClient,
    private readonly seconds: number,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The pod is there and does not run yet. */
  waiting(pod: KubeObject): void {
    this.pod = pod;
    this.timer ??= setTimeout(() => void this.giveUp(), this.seconds * 1_000);
    if (isHopeless(pod)) void this.giveUp();
  }

  /** The pod runs, or is no longer of interest. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async giveUp(): Promise<void> {
    const pod = this.pod as KubeObject;
    // The events only explain: the failure stands without them.
    const events = await lastEvents(this.client, pod).catch(() => []);
    const { name, namespace } = pod.metadata;
    this.controller.abort(
      new StepFailure({
        type: FAILURE.PodStuck,
        what: `${describeReference(referenceOf(pod))} can't start`,
        where: `cluster ${this.client.name}`,
        why: [troubleOf(pod) ?? `It is ${pod.status?.phase ?? 'not started'} for ${this.seconds} s`, ...events].join(
          '; ',
        ),
        next: `Mend what the events name (kubectl describe pod -n ${namespace} ${name}), then start it again.`,
      }),
    );
  }
}

function isHopeless({ status }: KubeObject): boolean {
  const containers: { state?: { waiting?: { reason?: string } } }[] = status?.containerStatuses ?? [];
  return containers.some(({ state }) => HOPELESS.includes(state?.waiting?.reason ?? ''));
}

/** Of the pod, and of claims it waits for. */
async function lastEvents(client: ClusterClient, pod: KubeObject): Promise<string[]> {
  const { namespace, uid } = pod.metadata;
  const claims: string[] = (pod.spec?.volumes ?? []).flatMap(
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
