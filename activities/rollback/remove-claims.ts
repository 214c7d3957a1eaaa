import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { removeObjects, untilGone } from '../kit/remove-objects.js';
import { putBackReclaimPolicy } from '../volumes/put-back-reclaim-policy.js';
import type { PlanCreations } from './created-objects.js';

const VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume' } as const;
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

interface Claims {
  ours: readonly KubeObject[];
  /** Claims of the run's names that stay. */
  others: readonly KubeObject[];
  creations: PlanCreations;
}

/**
 * Removes claims of ours. Their volumes get the reclaim policy they had before a run set it to Retain, and then go or stay by it.
 *
 * @returns the volumes that stay
 */
export async function removeClaims(
  client: ClusterClient,
  record: RunRecord,
  claims: Claims,
  pulse: Pulse,
): Promise<string[]> {
  const { signal } = pulse;
  const volumes = await Promise.all(
    (await volumesOf(client, claims, signal)).map(
      async (volume) => (await putBackReclaimPolicy(client, volume, { signal })) ?? volume,
    ),
  );
  await putBackOfOthers(client, record, claims, signal);
  await removeObjects(client, claims.ours, { waitingFor: 'the claims of the migration to be gone' }, pulse);
  // By then each is Released: the cluster deletes it, with what it stands for, or leaves it.
  const goes = ({ spec }: KubeObject): boolean => spec?.persistentVolumeReclaimPolicy === 'Delete';
  await untilGone(client, volumes.filter(goes), 'the volumes of the removed claims to be deleted', pulse);
  return volumes
    .filter((volume) => !goes(volume))
    .map(
      (volume) =>
        `${describeReference(referenceOf(volume))} is Released with its data: it belonged to claim ${volume.spec?.claimRef?.namespace}/${volume.spec?.claimRef?.name}, and its reclaim policy is ${volume.spec?.persistentVolumeReclaimPolicy}`,
    );
}

/** Volumes bound to claims of ours, or bound to one when others deleted it. */
async function volumesOf(
  client: ClusterClient,
  { ours, others, creations }: Claims,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  if (ours.length === 0 && creations.volumes.length === 0) return [];
  const stays = new Set(others.map(({ metadata }) => metadata.uid));
  const { items } = await client.list(VOLUME, { signal });
  return items.filter(({ spec }) => creations.created.has(spec?.claimRef?.uid) && !stays.has(spec?.claimRef?.uid));
}

/** Claims that were there before, or were created again since, stay, and their volumes as they were. */
async function putBackOfOthers(
  client: ClusterClient,
  record: RunRecord,
  { ours, creations }: Claims,
  signal: AbortSignal,
): Promise<void> {
  const copiedInto = new Set(record.volumes.map(({ target }) => `${target.namespace}/${target.claim}`));
  const namespaces = [...new Set(record.volumes.map(({ target }) => target.namespace))];
  const goes = new Set(ours.map(({ metadata }) => metadata.uid));
  const [found] = await readObjects(client, [CLAIM], { namespaces, signal });
  const others = (found?.objects ?? []).filter(
    ({ metadata }) => copiedInto.has(`${metadata.namespace}/${metadata.name}`) && !goes.has(metadata.uid),
  );
  for (const { spec } of others) {
    const volume = spec?.volumeName && (await client.get({ ...VOLUME, name: spec.volumeName }, { signal }));
    if (volume && volume.metadata.labels?.[LABELS.migratedByPlan] === creations.planUid) {
      await putBackReclaimPolicy(client, volume, { signal });
    }
  }
}
