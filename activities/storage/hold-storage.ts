import { type MigrationStore, StoreError, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { STORAGE_FINALIZER } from '../../resources/meta/labels.js';

/**
 * Called before a MigStorage is put on a cluster: from then on it is not removed before it has been taken off again.
 *
 * @returns false when it is being deleted, or gone: then it must not be put there any more
 */
export async function holdStorage({ resources }: MigrationStore, { metadata }: KubeObject): Promise<boolean> {
  if (metadata.deletionTimestamp) return false;
  if (metadata.finalizers?.includes(STORAGE_FINALIZER)) return true;
  const { namespace = '', name, uid } = metadata;
  const add = (current: KubeObject): KubeObject => {
    const { finalizers = [], deletionTimestamp } = current.metadata;
    if (deletionTimestamp || finalizers.includes(STORAGE_FINALIZER)) return current;
    return { ...current, metadata: { ...current.metadata, finalizers: [...finalizers, STORAGE_FINALIZER] } };
  };
  try {
    const held = await resources.update({ kind: 'MigStorage', namespace, name }, add, { actor: SYSTEM_ACTOR, uid });
    return held.metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (error instanceof StoreError && ['NotFound', 'Conflict'].includes(error.reason)) return false;
    throw error;
  }
}
