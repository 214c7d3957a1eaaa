import {
  isGoneOrReplaced,
  type MigrationStore,
  StoreError,
  SYSTEM_ACTOR,
} from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';

/** Gives an object its next status. Undefined, and nothing is written, when it is not there (any more). */
export async function updateStatus<Status>(
  { resources }: MigrationStore,
  { kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>,
  change: (status: Status) => Status,
): Promise<KubeObject | undefined> {
  const { namespace = '', name, uid } = metadata;
  const next = (current: KubeObject): KubeObject => ({ ...current, status: change(current.status ?? {}) });
  return resources.update({ kind, namespace, name }, next, { actor: SYSTEM_ACTOR, uid }).catch((error) => {
    if (!isGoneOrReplaced(error)) throw error;
    return undefined;
  });
}

/** Makes an object, unless one of its name is there. */
export async function ensureObject({ resources }: MigrationStore, object: KubeObject): Promise<void> {
  await resources.create(object, { actor: SYSTEM_ACTOR }).catch((error) => {
    if (!(error instanceof StoreError && error.reason === 'AlreadyExists')) throw error;
  });
}
