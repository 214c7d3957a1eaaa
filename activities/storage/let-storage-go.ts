import { StoreError, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { STORAGE_FINALIZER } from '../../resources/meta/labels.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { refuseUnlessDeleted } from '../kit/refuse-unless-deleted.js';
import type { LocationLeft, StorageInput } from './contract.js';

export async function letStorageGo(
  { store }: ActivityDependencies,
  { left, namespace, name, uid }: StorageInput & { left: LocationLeft[] },
): Promise<void> {
  const storage = await store.resources.get({ kind: 'MigStorage', namespace, name });
  if (storage?.metadata.uid !== uid) return;
  await refuseUnlessDeleted(store, { kind: 'MigStorage', namespace, name, uid });
  if (left.length > 0) {
    await store.events.record({
      about: { kind: 'MigStorage', namespace, name, uid },
      type: 'Warning',
      reason: 'LeftBehind',
      message: `The replication repository is deleted here. ${left.map(({ why }) => why).join(' ')} The clusters are looked at again every hour, as long as they are registered.`,
    });
  }
  try {
    await store.resources.update(
      { kind: 'MigStorage', namespace, name },
      ({ metadata, ...rest }) => ({
        ...rest,
        metadata: {
          ...metadata,
          finalizers: metadata.finalizers?.filter((finalizer) => finalizer !== STORAGE_FINALIZER),
        },
      }),
      { actor: SYSTEM_ACTOR, uid },
    );
  } catch (error) {
    const gone = error instanceof StoreError && (error.reason === 'NotFound' || error.reason === 'Conflict');
    if (!gone) throw error;
  }
}
