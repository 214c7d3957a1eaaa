import type { ClusterClient } from '../../clusters/cluster-client.js';
import { waitForObject } from '../../clusters/wait-for.js';
import type { StorageAccess } from '../../object-storage/object-store.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { isWithinOneCluster, type RunRecord, type RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { backupLocationName } from './backup-location-manifest.js';
import { ensureBackupLocation } from './ensure-backup-location.js';
import { storageOfRun } from './run-storage.js';
import { untilTypesKnown } from './until-types-known.js';
import { BACKUP_STORAGE_LOCATION, inVelero, sentence } from './velero-objects.js';
import { watchingServer } from './watching-server.js';

export async function ensureBackupLocations(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const access = await storageOfRun(deps, record);
  const clients = await clientsOf(deps, record);
  const name = backupLocationName(record.storage.uid);
  await withPulse(
    {
      waitingFor: `backup storage location ${name} to become available`,
      where: `clusters ${clients.map((client) => client.name).join(' and ')}, namespace ${MIGRATION_NAMESPACE}`,
      patienceSeconds: record.settings.patience.backup,
      next: 'Check that Velero runs and that the store can be reached from the cluster, then start the migration again.',
    },
    async (pulse) => {
      await Promise.all([
        ...clients.map((client) => untilAvailable(client, access, record.storage.uid, pulse)),
        untilTypesKnown(deps, record, pulse),
      ]);
    },
  );
}

/** Source and target, once if they are one cluster. */
const clientsOf = (deps: ActivityDependencies, record: RunRecord): Promise<ClusterClient[]> =>
  Promise.all(
    isWithinOneCluster(record)
      ? [clusterOf(deps, record, 'target')]
      : [clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')],
  );

async function untilAvailable(
  client: ClusterClient,
  access: StorageAccess,
  storageUid: string,
  pulse: Pulse,
): Promise<void> {
  const name = backupLocationName(storageUid);
  await watchingServer(client, pulse, `backup storage location ${name} to become available`, async (watched) => {
    const { signal } = watched;
    const { phase } = await ensureBackupLocation(client, access, storageUid, { signal });
    if (phase === 'Available') return;
    await waitForObject(
      client,
      inVelero(BACKUP_STORAGE_LOCATION, name),
      ({ status }) => status?.phase === 'Available',
      {
        signal,
        onChange: (location) => {
          if (location?.status?.message) watched.observe(`On ${client.name}: ${sentence(location.status.message)}`);
        },
      },
    );
  });
}
