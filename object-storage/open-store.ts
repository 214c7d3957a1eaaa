import { FAILURE, StepFailure } from '../resources/meta/failure.js';
import type { ObjectStore, StorageAccess } from './object-store.js';
import { openS3Store } from './s3.js';

/**
 * The bucket of a MigStorage. Nothing is sent before the first call.
 *
 * @throws StepFailure NotYetSupported for providers without an adapter, Refused for settings that cannot be right
 */
export function openStore(access: StorageAccess): ObjectStore {
  const { backupStorageProvider: provider } = access.spec;
  if (provider === 'aws') {
    return openS3Store(access);
  }
  throw new StepFailure({
    type: provider ? FAILURE.NotYetSupported : FAILURE.Refused,
    what: provider ? `Provider ${provider} is not yet supported` : 'No provider is set',
    where: `MigStorage ${access.name}, spec.backupStorageProvider`,
    why: 'Only provider aws is supported so far, which covers every store that speaks S3.',
    next: 'Set spec.backupStorageProvider to aws and spec.backupStorageConfig to an S3 bucket.',
  });
}
