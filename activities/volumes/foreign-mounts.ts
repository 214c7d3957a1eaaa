import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { POD } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import { mountedClaims } from '../../resources/workloads/claim-references.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import type { LiveVolumeRun } from './volume-run.js';

/**
 * rsync deletes what the source does not have: never in a claim that someone else's pod uses, unless the plan allows it.
 *
 * @throws StepFailure TargetVolumeInUse
 */
export async function refuseForeignMounts({ run, volume, target, signal }: LiveVolumeRun): Promise<void> {
  if (volume.allowOverwrite) return;
  const { namespace, claim } = volume.target;
  const { items } = await target.list(POD, { namespace, signal });
  const foreign = items
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
