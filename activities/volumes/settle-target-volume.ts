import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import type { SettleOptions } from './mover.js';
import { putBackReclaimPolicy } from './put-back-reclaim-policy.js';

/** Gives the volume behind a target claim back the reclaim policy it had before it was copied into. */
export async function settleTargetVolume(
  client: ClusterClient,
  { target: { namespace, claim: name } }: Pick<RunVolume, 'target'>,
  { signal, keepAnnotations }: SettleOptions,
): Promise<void> {
  const claim = await client.get({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name }, { signal });
  const volumeName: string | undefined = claim?.spec?.volumeName;
  if (!volumeName) return;
  const volume = await client.get({ apiVersion: 'v1', kind: 'PersistentVolume', name: volumeName }, { signal });
  // Released and bound to another claim since: no longer the volume of this run.
  if (!volume || volume.spec?.claimRef?.uid !== claim?.metadata.uid) return;
  await putBackReclaimPolicy(client, volume, { signal, keepAnnotations });
}
