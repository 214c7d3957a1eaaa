import type { StorageAccess } from '../../object-storage/object-store.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import type { ActivityDependencies } from '../kit/dependencies.js';

/** A replication repository with its newest credentials; undefined when its Secret is not named or not there. */
export async function readStorageAccess(
  { store, addresses }: Pick<ActivityDependencies, 'store' | 'addresses'>,
  { metadata, spec }: MigStorage,
): Promise<StorageAccess | undefined> {
  const ref = spec.backupStorageConfig.credsSecretRef;
  const secret = ref && (await store.secrets.read(ref.namespace, ref.name));
  if (!secret) return undefined;
  const entries = Object.entries(secret.values).map(([key, value]) => [key, value.toString('utf8')]);
  return { name: metadata.name, spec, credentials: Object.fromEntries(entries), ...addresses };
}
