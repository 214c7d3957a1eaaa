import { setTimeout as delay } from 'node:timers/promises';
import { FAILURE, StepFailure } from '../../../resources/meta/failure.js';
import { type KubeObject, POD, referenceOf } from '../../../resources/meta/kube-object.js';
import { foreignContainersRun } from '../../../resources/workloads/foreign-containers.js';
import { keepPodEvidence } from '../../kit/pod-evidence.js';
import { keepInRunLog } from '../../kit/run-log.js';
import type { Pass, TransferEndpoint } from '../contract.js';
import { isTiedToNode, mountingPod, sourceAccessModes } from '../source-pods.js';
import { type LiveVolumeRun, volumeTitle } from '../volume-run.js';
import type { ClientEvent, TransferReport } from './client-events.js';
import { clientPod, clientRole } from './client-pod.js';
import { clientPodPrefix } from './client-pod-name.js';
import { followClient } from './follow-client.js';
import { ownPods } from './own-helpers.js';
import { createAdmitted, identitiesToTry, workloadIdentity } from './pod-identity.js';
import { allowedResources } from './pod-resources.js';
import { recentNamespace } from './recent-namespace.js';
import { TRANSFER_CONTAINER } from './transfer-pod.js';
import { keptWorkloadIdentity } from './transfer-secrets.js';

const LONGEST_PAUSE_MS = 30_000;

export interface SendOptions {
  pass: Pass;
  endpoint: TransferEndpoint;
  /** Is called with the events of the clients, and the number of the pod each comes from. */
  listen: (event: ClientEvent, attempt: number, pod: KubeObject) => void;
}

/**
 * Sends a volume by a client pod on the source, or takes over the one that is at it. A pod that is lost is followed by another,
 * which continues from there.
 *
 * @throws StepFailure PodStuck; TransferFailed when more pods got lost than `rsync.backoffLimit` allows
 */
export async function sendVolume(
  live: LiveVolumeRun,
  options: SendOptions,
): Promise<{ report: TransferReport; attempts: number; podName: string }> {
  let least = 1;
  for (let lost = 0; ; lost += 1) {
    const { pod, attempt } = await currentClient(live, options, least);
    const end = await followClient(live, pod, (event) => options.listen(event, attempt, pod));
    await letGo(live, end.last);
    if (end.report) return { report: end.report, attempts: attempt, podName: pod.metadata.name };
    await keepInRunLog(live.deps, live.run, `copy of ${live.volume.id}`, [`Attempt ${attempt} was lost: ${end.lost}`]);
    if (attempt > live.record.settings.rsync.backoffLimit) throw tooManyLost(live, attempt, end.lost);
    least = attempt + 1;
    if (lost > 0) await delay(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** lost), undefined, { signal: live.signal });
  }
}

/** A pod that does not end with our container would keep the volume on its node, away from the next client. */
async function letGo({ deps, run, source, signal }: LiveVolumeRun, last: KubeObject): Promise<void> {
  const { metadata } = last;
  if (!foreignContainersRun(last, TRANSFER_CONTAINER)) return;
  const { namespace, name, uid } = metadata;
  const pod = await source.get({ ...POD, namespace, name }, { signal });
  if (!pod || pod.metadata.uid !== uid || !foreignContainersRun(pod, TRANSFER_CONTAINER)) return;
  await keepPodEvidence(deps, run, source, pod, signal);
  await source.remove(referenceOf(pod), { uid, signal });
}

/** The newest pod of the pass if it is still good, else the next one. */
async function currentClient(
  live: LiveVolumeRun,
  { pass, endpoint }: SendOptions,
  least: number,
): Promise<{ pod: KubeObject; attempt: number }> {
  const prefix = clientPodPrefix(live.run, live.volume.key, pass);
  const items = await ownPods(live, 'source', clientRole(pass));
  const newest = items
    .filter(({ metadata }) => metadata.name.startsWith(prefix))
    .map((pod) => ({ pod, attempt: Number(pod.metadata.name.slice(prefix.length)) }))
    .sort((one, other) => other.attempt - one.attempt)[0];
  if (newest && newest.attempt >= least && isGood(newest.pod)) return newest;
  const attempt = Math.max(least, (newest?.attempt ?? 0) + 1);
  return { attempt, pod: await createClient(live, { pass, endpoint, attempt }) };
}

const isGood = ({ metadata, status }: KubeObject): boolean =>
  metadata.deletionTimestamp === undefined && status?.phase !== 'Failed';

async function createClient(
  live: LiveVolumeRun,
  options: Pick<SendOptions, 'pass' | 'endpoint'> & { attempt: number },
): Promise<KubeObject> {
  const { record, volume, source, signal } = live;
  const { namespace: name, claim } = volume.source;
  const [neighbor, modes, namespace, resources] = await Promise.all([
    mountingPod(live),
    sourceAccessModes(live),
    recentNamespace(source, name, signal),
    allowedResources(source, name, record.settings.transferPod, signal),
  ]);
  const workload = neighbor ? workloadIdentity(neighbor, claim) : await keptWorkloadIdentity(live);
  const node: string | undefined = isTiedToNode(modes) ? neighbor?.spec.nodeName : undefined;
  const variants = identitiesToTry(record.options, workload, namespace).map((identity) =>
    clientPod(live, { ...options, identity, resources, node, tolerations: workload.placement?.tolerations }),
  );
  return createAdmitted(source, variants, signal);
}

const tooManyLost = ({ volume, source }: LiveVolumeRun, pods: number, why: string): StepFailure =>
  new StepFailure({
    type: FAILURE.TransferFailed,
    what: `The copy of ${volumeTitle(volume)} was interrupted ${pods} times`,
    where: `cluster ${source.name}, namespace ${volume.source.namespace}`,
    why,
    next: 'Find out what removes these pods (evictions, memory limits, policies), then start the migration again: what was copied stays.',
  });
