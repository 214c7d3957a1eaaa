import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { patchNewest } from '../kit/patch-newest.js';
import { createdOnTarget, isMadeByPlan, provenanceLabels } from '../kit/provenance.js';
import { FRESH, sharedReads } from '../kit/shared-reads.js';
import type { LiveVolumeRun } from './volume-run.js';

const RETAIN = 'Retain';

/**
 * Keeps the volume behind a claim that a run of this plan made, whatever becomes of the claim; the policy it had is noted on it. A claim that was on
 * the target before keeps its volume as it is.
 *
 * @returns false while no volume is bound
 */
export async function retainTargetVolume({
  deps,
  run,
  record,
  volume,
  target,
  signal,
}: LiveVolumeRun): Promise<boolean> {
  const { namespace, claim: claimName } = volume.target;
  const claims = await sharedReads(target).list(
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    { namespace },
    { age: FRESH, signal },
  );
  const claim = claims.find(({ metadata }) => metadata.name === claimName);
  const name: string | undefined = claim?.spec?.volumeName;
  if (!name || !claim) return false;
  if (!isMadeByPlan(claim, record)) return true;
  const reference = { apiVersion: 'v1', kind: 'PersistentVolume', name };
  const found = await target.get(reference, { signal });
  if (!found) return false;
  const provenance = provenanceLabels(record);
  await patchNewest(
    target,
    found,
    ({ metadata, spec }) => {
      const policy: string = spec?.persistentVolumeReclaimPolicy;
      const isNoted = metadata.annotations?.[ANNOTATIONS.originalReclaimPolicy] !== undefined;
      if (policy === RETAIN && isNoted) return undefined;
      return {
        metadata: {
          resourceVersion: metadata.resourceVersion,
          labels: provenance,
          // What an earlier run noted and left there after it had put the policy back is no longer news.
          annotations: { [ANNOTATIONS.originalReclaimPolicy]: policy },
        },
        spec: { persistentVolumeReclaimPolicy: RETAIN },
      };
    },
    { signal },
  );
  await deps.store.runs.recordCreated(run, [createdOnTarget(record, found)]);
  return true;
}
