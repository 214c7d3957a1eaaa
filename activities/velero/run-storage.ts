import type { StorageAccess } from '../../object-storage/object-store.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { readStorageAccess } from '../records/storage-access.js';

/**
 * The run's replication repository with its newest credentials.
 *
 * @throws StepFailure NotFound when MigStorage or Secret are gone
 */
export async function storageOfRun(
  deps: ActivityDependencies,
  { storage: { namespace, name, uid } }: RunRecord,
): Promise<StorageAccess> {
  const storage = (await deps.store.resources.get({ kind: 'MigStorage', namespace, name })) as MigStorage | undefined;
  const access = storage?.metadata.uid === uid ? await readStorageAccess(deps, storage) : undefined;
  if (access) return access;
  throw new StepFailure({
    type: FAILURE.NotFound,
    what: `MigStorage ${namespace}/${name} or the Secret it names is gone`,
    where: 'replication repository',
    why: 'Both were there when the plan was checked and were deleted since.',
    next: 'Create them again, then a new MigMigration.',
  });
}
