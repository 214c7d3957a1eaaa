import { z } from 'zod';
import { ageColumn, column, problemColumn, readyColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { base64, credentialsRef } from '../meta/fields.js';
import { LONGEST_CA_BUNDLE } from '../meta/pem-certificates.js';
import { commonStatus } from '../meta/status-fields.js';
import { addressErrors } from '../meta/user-info.js';

const PROVIDERS = ['aws', 'azure', 'gcp'] as const;

const backupStorageConfig = z.strictObject({
  credsSecretRef: credentialsRef()
    .optional()
    .describe(
      'Secret with the credentials: aws-access-key-id and aws-secret-access-key, azure-credentials, or gcp-credentials.',
    ),
  awsBucketName: z.string().optional().describe('Bucket, on AWS and every S3-compatible store.'),
  awsRegion: z.string().optional().describe('Region of the bucket.'),
  awsS3Url: z.string().optional().describe('Address of an S3-compatible store; leave out for AWS itself.'),
  awsS3ForcePathStyle: z
    .boolean()
    .optional()
    .describe('True to put the bucket into the path of requests rather than the host name.'),
  awsPublicUrl: z.string().optional().describe('Address under which downloads from the bucket are offered.'),
  awsKmsKeyId: z.string().optional().describe('Key of the AWS key management service that encrypts what is stored.'),
  awsSignatureVersion: z.enum(['', '1', '4']).optional().describe('Version of request signatures; 4 if absent.'),
  s3CustomCABundle: base64()
    .max(LONGEST_CA_BUNDLE)
    .optional()
    .describe('Base64 of the PEM certificates that the store is verified with.'),
  azureStorageAccount: z.string().optional().describe('Storage account, on Azure.'),
  azureStorageContainer: z.string().optional().describe('Blob container, on Azure.'),
  azureResourceGroup: z.string().optional().describe('Resource group of the storage account, on Azure.'),
  gcpBucket: z.string().optional().describe('Bucket, on Google Cloud.'),
  insecure: z.boolean().optional().describe('True to connect without verifying the certificate of the store.'),
});

const volumeSnapshotConfig = z.strictObject({
  credsSecretRef: credentialsRef().optional().describe('Secret with the credentials for snapshots.'),
  snapshotCreationTimeout: z.string().optional().describe('Longest time for making one snapshot, e.g. 10m.'),
  awsRegion: z.string().optional().describe('Region of the volumes.'),
  azureApiTimeout: z.string().optional().describe('Longest time for one call of the Azure API, e.g. 2m.'),
  azureResourceGroup: z.string().optional().describe('Resource group of the snapshots, on Azure.'),
});

const spec = z
  .strictObject({
    backupStorageProvider: z
      .enum(PROVIDERS)
      .optional()
      .describe('Kind of object store: aws for everything that speaks S3, azure, or gcp.'),
    backupStorageConfig: backupStorageConfig.prefault({}).describe('Where in the object store things are put.'),
    volumeSnapshotProvider: z
      .enum(['', ...PROVIDERS])
      .optional()
      .describe('Provider of volume snapshots, if they are used.'),
    volumeSnapshotConfig: volumeSnapshotConfig.optional().describe('How volume snapshots are made.'),
    refresh: z.boolean().default(false).describe('Set to true to have the storage checked now.'),
  })
  .describe('Where the replication repository is.');

const status = z.looseObject(commonStatus('MigStorage')).describe('What the last check of the storage found.');

export type MigStorage = Resource<typeof spec, typeof status>;

export const migStorage = defineKind({
  kind: 'MigStorage',
  plural: 'migstorages',
  description: 'The object store that serves as replication repository.',
  spec,
  status,
  reported: true,
  reconciled: true,
  validate: ({ spec: { backupStorageConfig: { awsS3Url, awsPublicUrl } = {} } }) =>
    addressErrors({
      'spec.backupStorageConfig.awsS3Url': awsS3Url,
      'spec.backupStorageConfig.awsPublicUrl': awsPublicUrl,
    }),
  refersTo: [
    {
      kind: 'Secret',
      find: (wanted) => [wanted.backupStorageConfig?.credsSecretRef, wanted.volumeSnapshotConfig?.credsSecretRef],
    },
  ],
  columns: [
    readyColumn,
    column('Provider', 'Kind of object store.', (o) => o.spec.backupStorageProvider),
    column(
      'Bucket',
      'Bucket or container.',
      ({ spec: { backupStorageConfig: config = {} } }) =>
        config.awsBucketName ?? config.gcpBucket ?? config.azureStorageContainer,
    ),
    ageColumn,
    problemColumn,
  ],
});
