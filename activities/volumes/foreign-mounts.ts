import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { type KubeObject, POD } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import { mountedClaims } from '../../resources/workloads/claim-references.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import { watchSharedPods } from '../kit/shared-pods.js';
import { FRESH, sharedReads } from '../kit/shared-reads.js';
import { aborted } from '../kit/until-first.js';
import type { LiveVolumeRun } from './volume-run.js';

/**
 * rsync deletes what the source does not have: never in a claim that someone else's pod uses, unless the plan allows it.
 *
 * @throws StepFailure TargetVolumeInUse
 */
export async function refuseForeignMounts(live: LiveVolumeRun): Promise<void> {
  const { volume, target, signal } = live;
  if (volume.allowOverwrite) return;
  const { namespace } = volume.target;
  refuse(live, await sharedReads(target).list(POD, { namespace }, { age: FRESH, signal }));
}

/**
 * The same as long as a copy lasts: ends with the signal.
 *
 * @throws StepFailure TargetVolumeInUse as soon as a foreign pod mounts the claim
 */
export async function watchForeignMounts(live: LiveVolumeRun): Promise<never> {
  const { volume, target, signal } = live;
  if (volume.allowOverwrite) return aborted(signal);
  for await (const event of watchSharedPods(target, { namespace: volume.target.namespace, signal })) {
    if (event.type !== 'DELETED') refuse(live, event.type === 'SYNCED' ? event.objects : [event.object]);
  }
  throw new Error('unreachable: a watch has no end');
}

function refuse({ run, volume, target }: LiveVolumeRun, pods: readonly KubeObject[]): void {
  const { namespace, claim } = volume.target;
  const foreign = pods
    .filter((pod) => mountedClaims(pod).includes(claim) && !isFinishedPod(pod))
    .filter(({ metadata }) => metadata.labels?.[LABELS.helper] !== run.uid)
    .map(({ metadata }) => metadata.name);
  if (foreign.length === 0) return;
  throw new StepFailure({
    type: FAILURE.TargetVolumeInUse,
    what: `PersistentVolumeClaim ${namespace}/${claim} is in use`,
    where: `cluster ${target.name}`,
    why: `It is mounted by ${listSome(foreign)}; a copy would replace what they read and write.`,
    next: "Stop these pods, map the volume onto another claim or, in a plan, set the volume's selection.allowOverwrite.",
  });
}
