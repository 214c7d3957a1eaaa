import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { ObjectReference } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import type { RunCluster } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { refuseUnlessDeleted } from '../kit/refuse-unless-deleted.js';
import { inEachCluster } from '../plan/in-each-cluster.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { backupLocationName } from '../velero/backup-location-manifest.js';
import { BACKUP, BACKUP_STORAGE_LOCATION, inVelero, STORAGE_LOCATION_LABEL } from '../velero/velero-objects.js';
import type { ClusterName, LocationLeft, StorageInput } from './contract.js';

export async function removeStorageLocations(
  deps: ActivityDependencies,
  { clusters, ...storage }: StorageInput & { clusters?: ClusterName[] },
): Promise<{ removed: number; left: LocationLeft[] }> {
  const fence = () => refuseUnlessUnused(deps, storage);
  await fence();
  const { settings } = await readStoredSettings(deps);
  const { cleanup } = settings.run.patience;
  const wait = {
    fence,
    answerSeconds: cleanup,
    waitingFor: `backup storage location ${backupLocationName(storage.uid)} to be removed`,
    patienceSeconds: cleanup,
    next: 'It is tried again by itself.',
  };
  const left: LocationLeft[] = [];
  let removed = 0;
  for (const place of await registered(deps, clusters)) {
    const outcome = await inEachCluster(deps, [place], wait, async (client, { signal }) => {
      const users = await backupsIn(client, storage.uid, signal);
      if (users.length === 0) return removeLocation(client, storage.uid, signal);
      left.push({ cluster: nameOf(place), why: stillNeeded(client, storage.uid, users) });
      return 0;
    });
    removed += outcome.removed;
    left.push(...outcome.errors.map((why) => ({ cluster: nameOf(place), why })));
  }
  return { removed, left };
}

/** @throws StepFailure Refused when the storage is not being deleted, or a run has begun with it and has not ended */
async function refuseUnlessUnused({ store }: ActivityDependencies, storage: StorageInput): Promise<void> {
  await refuseUnlessDeleted(store, { kind: 'MigStorage', ...storage });
  const open = await store.runs.usingStorage(storage.uid);
  if (open.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'A replication repository that a migration uses stays on the clusters',
    where: `MigStorage ${storage.namespace}/${storage.name}`,
    why: `Under way: ${listSome(open.map(({ namespace, name }) => `${namespace}/${name}`))}.`,
    next: 'It is removed when they have ended.',
  });
}

const nameOf = ({ namespace, name }: ClusterName): ClusterName => ({ namespace, name });

/** A cluster whose MigCluster is gone cannot be reached any more: its credentials are gone too. */
async function registered({ store }: ActivityDependencies, wanted: ClusterName[] | undefined): Promise<RunCluster[]> {
  const { items } = await store.resources.list({ kind: 'MigCluster' });
  return items
    .map(({ metadata: { namespace = '', name, uid = '' } }) => ({ namespace, name, uid, clusterUid: '', minor: 0 }))
    .filter((place) => wanted === undefined || wanted.some((one) => isSame(one, place)));
}

const isSame = (a: ClusterName, b: ClusterName): boolean => a.namespace === b.namespace && a.name === b.name;

/**
 * Backups whose location it is. Velero deletes neither them nor what the bucket holds of them once their location is gone, not when they
 * expire and not when it is asked to.
 */
async function backupsIn(client: ClusterClient, storageUid: string, signal: AbortSignal): Promise<string[]> {
  if (!(await client.resourceOf(BACKUP, { signal }))) return [];
  const name = backupLocationName(storageUid);
  const { items } = await client.list(BACKUP, { namespace: MIGRATION_NAMESPACE, signal });
  return items
    .filter(
      ({ metadata, spec }) => spec?.storageLocation === name || metadata.labels?.[STORAGE_LOCATION_LABEL] === name,
    )
    .map(({ metadata }) => metadata.name);
}

/** How many are named. */
const NAMED = 3;

function stillNeeded(client: ClusterClient, storageUid: string, backups: readonly string[]): string {
  const more = backups.length > NAMED ? ` and ${backups.length - NAMED} more` : '';
  return `Cluster ${client.name}: backup storage location ${backupLocationName(storageUid)} stays with its Secret for Backup ${backups.slice(0, NAMED).join(', ')}${more}, which Velero can only delete with it. It is removed when they are gone: when their plan is deleted, or their TTL has passed.`;
}

/** The location first: without its Secret Velero would call it unavailable. */
async function removeLocation(client: ClusterClient, storageUid: string, signal: AbortSignal): Promise<number> {
  const name = backupLocationName(storageUid);
  let removed = 0;
  for (const reference of [
    inVelero(BACKUP_STORAGE_LOCATION, name),
    inVelero({ apiVersion: 'v1', kind: 'Secret' }, name),
  ]) {
    if (await removeOurs(client, reference, storageUid, signal)) removed += 1;
  }
  return removed;
}

async function removeOurs(
  client: ClusterClient,
  reference: ObjectReference,
  storageUid: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await client.resourceOf(reference, { signal }))) return false;
  const found = await client.get(reference, { signal });
  // The name holds a part of the uid only.
  if (found?.metadata.labels?.migstorage !== storageUid) return false;
  await client.remove(reference, { uid: found.metadata.uid, signal });
  return true;
}
