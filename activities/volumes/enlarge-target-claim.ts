import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import { parseQuantity } from '../../resources/meta/quantity.js';
import { mountedClaims } from '../../resources/workloads/claim-references.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import { isMadeByPlan } from '../kit/provenance.js';
import type { Pulse } from '../kit/pulse.js';
import { removeObjects } from '../kit/remove-objects.js';
import { settleTargetVolume } from './settle-target-volume.js';
import { type LiveVolumeRun, volumeTitle } from './volume-run.js';

/**
 * A claim that an earlier run of the plan made, and that is smaller than the plan says now: it is expanded where its storage class
 * allows that, else removed, with the copy in it, to be made again.
 *
 * @returns the claim; undefined when it has to be made again
 */
export async function enlargeTargetClaim(
  live: LiveVolumeRun,
  claim: KubeObject,
  pulse: Pulse,
): Promise<KubeObject | undefined> {
  const { record, volume, target, signal } = live;
  if (!isMadeByPlan(claim, record) || !isSmaller(claim, volume.target.size)) return claim;
  try {
    const patch = { spec: { resources: { requests: { storage: volume.target.size } } } };
    return await target.patch(referenceOf(claim), patch, { signal });
  } catch (error) {
    // Only dynamically provisioned claims of a class that allows it can be expanded.
    if (!(error instanceof KubernetesApiError) || ![403, 422].includes(error.code)) throw error;
    const users = await usersOf(live);
    if (users.length > 0) throw cannotGrow(live, error.message, users);
  }
  await settleTargetVolume(target, volume, { signal, keepAnnotations: false });
  await removeObjects(target, [claim], { waitingFor: `the smaller claim of ${volumeTitle(volume)} to be gone` }, pulse);
  return undefined;
}

/** By what it asks for too: an expansion that was asked for takes its time. */
function isSmaller({ spec, status }: KubeObject, size: string): boolean {
  const sizes = [status?.capacity?.storage, spec?.resources?.requests?.storage].map((found) =>
    parseQuantity(found ?? 0),
  );
  return Math.max(...sizes) < parseQuantity(size);
}

/** Pods that hold the claim and are not of this run, which makes its own again. */
async function usersOf({ run, volume, target, signal }: LiveVolumeRun): Promise<string[]> {
  const { namespace, claim } = volume.target;
  const { items } = await target.list(POD, { namespace, signal });
  return items
    .filter((pod) => mountedClaims(pod).includes(claim) && !isFinishedPod(pod))
    .filter(({ metadata }) => metadata.labels?.[LABELS.helper] !== run.uid)
    .map(({ metadata }) => metadata.name);
}

const cannotGrow = ({ volume, target }: LiveVolumeRun, why: string, users: string[]): StepFailure =>
  new StepFailure({
    type: FAILURE.TargetVolumeInUse,
    what: `PersistentVolumeClaim ${volume.target.namespace}/${volume.target.claim} cannot be enlarged to ${volume.target.size}`,
    where: `cluster ${target.name}`,
    why: `${why} It is mounted by ${listSome(users)}, so it cannot be made again either.`,
    next: 'Stop these pods, or map the volume onto a larger claim, then start the migration again.',
  });
