import type { StorageAccess } from '../../object-storage/object-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE, PART_OF } from '../../resources/meta/labels.js';
import { shortUid } from '../../resources/run/names.js';
import { BACKUP_STORAGE_LOCATION } from './velero-objects.js';

/** Where in the bucket Velero puts everything. */
export const VELERO_PREFIX = 'velero';
const CREDENTIALS_KEY = 'cloud';

/** Name of the location and of its Secret on every cluster: all plans of a MigStorage share them. */
export const backupLocationName = (storageUid: string): string => `storage-${shortUid(storageUid)}`;

/**
 * A MigStorage as Velero knows it.
 *
 * @param storageUid uid of the MigStorage
 * @throws StepFailure NotYetSupported for providers other than aws
 */
export function backupLocationManifests(
  { name: storageName, spec, credentials }: StorageAccess,
  storageUid: string,
): { location: KubeObject; secret: KubeObject } {
  const config = spec.backupStorageConfig;
  if (spec.backupStorageProvider !== 'aws') {
    throw new StepFailure({
      type: FAILURE.NotYetSupported,
      what: `Provider ${spec.backupStorageProvider} is not yet supported`,
      where: `MigStorage ${storageName}, spec.backupStorageProvider`,
      why: 'Backup storage locations of provider aws, which is every store that speaks S3, are built so far.',
      next: 'Set spec.backupStorageProvider to aws.',
    });
  }
  const name = backupLocationName(storageUid);
  const metadata = {
    name,
    namespace: MIGRATION_NAMESPACE,
    labels: { [LABELS.partOf]: PART_OF, migstorage: storageUid },
  };
  const location: KubeObject = {
    ...BACKUP_STORAGE_LOCATION,
    metadata,
    spec: {
      provider: 'aws',
      accessMode: 'ReadWrite',
      // Backups are put on the other cluster by us: the sync would bring back what was deleted, and would bring it late.
      backupSyncPeriod: '0s',
      objectStorage: {
        bucket: config.awsBucketName,
        prefix: VELERO_PREFIX,
        ...(config.s3CustomCABundle && { caCert: config.s3CustomCABundle }),
      },
      config: {
        region: config.awsRegion || 'us-east-1',
        ...(config.awsS3Url && {
          s3Url: config.awsS3Url,
          s3ForcePathStyle: 'true',
          // Stores other than AWS refuse checksums they do not know.
          checksumAlgorithm: '',
        }),
        ...(config.awsS3ForcePathStyle && { s3ForcePathStyle: 'true' }),
        ...(config.awsPublicUrl && { publicUrl: config.awsPublicUrl }),
        ...(config.awsKmsKeyId && { kmsKeyId: config.awsKmsKeyId }),
        ...(config.insecure && { insecureSkipTLSVerify: 'true' }),
      },
      credential: { name, key: CREDENTIALS_KEY },
    },
  };
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'Opaque',
    data: { [CREDENTIALS_KEY]: Buffer.from(credentialsFile(credentials)).toString('base64') },
  };
  return { location, secret };
}

/** AWS's own file format, with the one profile Velero's plugin reads. */
const credentialsFile = (credentials: StorageAccess['credentials']): string =>
  [
    '[default]',
    `aws_access_key_id=${credentials['aws-access-key-id']?.trim() ?? ''}`,
    `aws_secret_access_key=${credentials['aws-secret-access-key']?.trim() ?? ''}`,
    '',
  ].join('\n');
