import type { StorageAccess } from '../../object-storage/object-store.js';
import { FAILURE, StepFailure } from '../../resources/failure.js';
import type { MigStorage } from '../../resources/mig-storage.js';
import type { RunRecord } from '../../resources/run-record.js';
import { readStorageAccess } from '../checks/storage-access.js';
import type { ActivityDependencies } from '../dependencies.js';

/**
 * The run's replication repository with its newest credentials.
 *
 * @throws StepFailure NotFound when MigStorage or Secret are gone
 */
export async function storageOfRun(
  { store }: ActivityDependencies,
  { storage: { namespace, name, uid } }: RunRecord,
): Promise<StorageAccess> {
  const storage = (await store.resources.get({ kind: 'MigStorage', namespace, name })) as MigStorage | undefined;
  const access = storage?.metadata.uid === uid ? await readStorageAccess(store, storage) : undefined;
  if (access) return access;
  throw new StepFailure({
    type: FAILURE.NotFound,
    what: `MigStorage ${namespace}/${name} or the Secret it names is gone`,
    where: 'replication repository',
    why: 'Both were there when the plan was checked and were deleted since.',
    next: 'Create them again, then a new MigMigration.',
  });
}
