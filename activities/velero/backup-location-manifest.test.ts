import { describe, expect, it } from 'vitest';
import type { StorageAccess } from '../../object-storage/object-store.js';
import { backupLocationManifests } from './backup-location-manifest.js';

const UID = '0a1b2c3d-0000-0000-0000-000000000000';
const access = (config: object, provider: 'aws' | 'gcp' = 'aws'): StorageAccess => ({
  name: 'store',
  spec: { backupStorageProvider: provider, backupStorageConfig: { awsBucketName: 'bucket', ...config } },
  credentials: { 'aws-access-key-id': ' me ', 'aws-secret-access-key': 'secret\n' },
});

describe('backupLocationManifests', () => {
  it.each<[string, object, object]>([
    ['AWS itself', { awsRegion: 'eu-west-1' }, { config: { region: 'eu-west-1' } }],
    ['no region', {}, { config: { region: 'us-east-1' } }],
    [
      'another store that speaks S3',
      { awsS3Url: 'http://s3:9000' },
      { config: { region: 'us-east-1', s3Url: 'http://s3:9000', s3ForcePathStyle: 'true', checksumAlgorithm: '' } },
    ],
    ['path style', { awsS3ForcePathStyle: true }, { config: { region: 'us-east-1', s3ForcePathStyle: 'true' } }],
    ['no verification', { insecure: true }, { config: { region: 'us-east-1', insecureSkipTLSVerify: 'true' } }],
    [
      'encryption and public address',
      { awsKmsKeyId: 'key', awsPublicUrl: 'https://public' },
      { config: { region: 'us-east-1', kmsKeyId: 'key', publicUrl: 'https://public' } },
    ],
    [
      'an authority of its own',
      { s3CustomCABundle: 'cGVt' },
      { objectStorage: { bucket: 'bucket', prefix: 'velero', caCert: 'cGVt' }, config: { region: 'us-east-1' } },
    ],
  ])('%s', (_, config, spec) => {
    expect(backupLocationManifests(access(config), UID).location).toEqual({
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: {
        name: 'storage-0a1b2c3d',
        namespace: 'openshift-migration',
        labels: { 'app.kubernetes.io/part-of': 'openshift-migration', migstorage: UID },
      },
      spec: {
        provider: 'aws',
        accessMode: 'ReadWrite',
        backupSyncPeriod: '0s',
        objectStorage: { bucket: 'bucket', prefix: 'velero' },
        credential: { name: 'storage-0a1b2c3d', key: 'cloud' },
        ...spec,
      },
    });
  });

  it('writes the credentials as AWS programs read them', () => {
    const { secret } = backupLocationManifests(access({}), UID);
    expect(secret.metadata.name).toBe('storage-0a1b2c3d');
    expect(Buffer.from(secret.data.cloud, 'base64').toString()).toBe(
      '[default]\naws_access_key_id=me\naws_secret_access_key=secret\n',
    );
  });

  it('refuses what is not built', () => {
    expect(() => backupLocationManifests(access({}, 'gcp'), UID)).toThrow(/Provider gcp is not yet supported/);
  });
});
