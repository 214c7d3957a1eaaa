import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { putBackReclaimPolicy } from '../volumes/put-back-reclaim-policy.js';

/** What is only a stage leaves Retain as it is: the volumes are still to be written by the next run. */
export async function settleTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const { restoreReclaimPolicy: isAsked, keepAnnotations } = record.options;
  if (!isAsked || !isCutover(record)) return;
  const client = await clusterOf(deps, record, 'target');
  // Each call has its own time limit, and Temporal ends the deed.
  const wait = { waitingFor: 'the reclaim policies of the target volumes', where: `cluster ${client.name}` };
  await withPulse(wait, async ({ signal }) => {
    await Promise.all(
      record.volumes.map(({ target }) => restoreReclaimPolicy(client, target, { signal, keepAnnotations })),
    );
  });
}

/** State migrations and conversions without quiesce are stages of themselves. */
const isCutover = ({ itinerary, options }: RunRecord): boolean =>
  itinerary === 'Final' || ((itinerary === 'State' || itinerary === 'Conversion') && options.quiescePods);

async function restoreReclaimPolicy(
  client: ClusterClient,
  { namespace, claim: name }: RunVolume['target'],
  { signal, keepAnnotations }: { signal: AbortSignal; keepAnnotations: boolean },
): Promise<void> {
  const claim = await client.get({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name }, { signal });
  const volumeName: string | undefined = claim?.spec?.volumeName;
  if (!volumeName) return;
  const volume = await client.get({ apiVersion: 'v1', kind: 'PersistentVolume', name: volumeName }, { signal });
  // Released and bound to another claim meanwhile: no longer the volume of this run.
  if (!volume || volume.spec?.claimRef?.uid !== claim?.metadata.uid) return;
  await putBackReclaimPolicy(client, volume, { signal, keepAnnotations });
}
