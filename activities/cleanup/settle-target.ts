import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { RunRef, RunVolume } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { putBackReclaimPolicy } from '../volumes/put-back-reclaim-policy.js';

/** What is only a stage leaves Retain as it is: the volumes are still to be written by the next run. */
export async function settleTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  if (!record.options.restoreReclaimPolicy || record.does.commitsAt === 'never') return;
  const client = await clusterOf(deps, record, 'target');
  // Each call has its own time limit, and Temporal ends the deed.
  const wait = { waitingFor: 'the reclaim policies of the target volumes', where: `cluster ${client.name}` };
  await withPulse(wait, async ({ signal }) => {
    await Promise.all(record.volumes.map(({ target }) => restoreReclaimPolicy(client, target, signal)));
  });
}

async function restoreReclaimPolicy(
  client: ClusterClient,
  { namespace, claim: name }: RunVolume['target'],
  signal: AbortSignal,
): Promise<void> {
  const claim = await client.get({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name }, { signal });
  const volumeName: string | undefined = claim?.spec?.volumeName;
  if (!volumeName) return;
  const volume = await client.get({ apiVersion: 'v1', kind: 'PersistentVolume', name: volumeName }, { signal });
  // Released and bound to another claim meanwhile: no longer the volume of this run.
  if (!volume || volume.spec?.claimRef?.uid !== claim?.metadata.uid) return;
  await putBackReclaimPolicy(client, volume, { signal });
}
