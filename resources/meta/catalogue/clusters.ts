import type { CatalogueEntry } from './entry.js';

/** Conditions of clusters, replication repositories and hooks by themselves. */
export const CLUSTER_CONDITIONS = {
  InvalidURL: {
    on: { MigCluster: 'Critical' },
    mtc: true,
    meaning:
      'spec.url is missing, is not a URL or does not begin with https://. Set it to the address of the API server.',
  },
  InvalidSaSecretRef: {
    on: { MigCluster: 'Critical' },
    mtc: true,
    meaning:
      'spec.serviceAccountSecretRef is missing or names a Secret that does not exist. Create the Secret with the token, or correct the name.',
  },
  InvalidSaToken: {
    on: { MigCluster: 'Critical' },
    mtc: true,
    meaning:
      'The Secret of the cluster holds no usable token in key saToken. Store the token of the service account there.',
  },
  CredentialsNotForThisAddress: {
    on: { MigCluster: 'Critical', MigStorage: 'Critical' },
    mtc: false,
    meaning:
      'The value of the Secret was first used for another address: another host, another CA bundle, certificates that were verified then, or another bucket. It is not sent here. If the new address is right, write the value of the Secret again; if not, put the former address back.',
  },
  TestConnectFailed: {
    on: { MigCluster: 'Critical' },
    mtc: true,
    meaning:
      'The cluster could not be reached or did not accept the token. The message says which; it is tried again by itself.',
  },
  InsecureConnection: {
    on: { MigCluster: ['Warn', 'Critical'], MigStorage: ['Warn', 'Critical'] },
    mtc: false,
    meaning:
      'spec.insecure is true: the certificate of the server is not verified, so whoever is on the way can read and change what is sent, credentials too. Put the authority into the CA bundle and set insecure to false. Critical when setting forbid_insecure_connections of MigrationController is true.',
  },
  RepositoryNotEncrypted: {
    on: { MigStorage: ['Warn', 'Critical'] },
    mtc: false,
    meaning:
      'spec.backupStorageConfig.awsS3Url begins with http://: backups, with every Secret of the application, cross the network readable. Use https://. Critical when setting forbid_insecure_connections of MigrationController is true.',
  },
  ClusterVersionNotSupported: {
    on: { MigCluster: 'Critical' },
    mtc: false,
    meaning: 'The cluster runs a version of Kubernetes that is too old. Upgrade it.',
  },
  SaTokenNotPrivileged: {
    on: { MigCluster: 'Critical' },
    mtc: true,
    meaning:
      'The service account lacks rights that migrations need. Run `npm run prepare-cluster` against the cluster.',
  },
  InvalidBackupStorageProvider: {
    on: { MigStorage: 'Critical' },
    mtc: true,
    meaning:
      'spec.backupStorageProvider is missing or unknown. Set it to aws, which stands for every store that speaks S3.',
  },
  InvalidBackupStorageCredsSecretRef: {
    on: { MigStorage: 'Critical' },
    mtc: true,
    meaning:
      'The Secret with the credentials of the object store is not named or does not exist. Create it, or correct the reference.',
  },
  InvalidBackupStorageSettings: {
    on: { MigStorage: 'Critical' },
    mtc: true,
    meaning:
      'Settings of the object store contradict each other or cannot be right. Correct the fields that the message names.',
  },
  BackupStorageProviderTestFailed: {
    on: { MigStorage: 'Critical' },
    mtc: true,
    meaning:
      'A test object could not be written to, read from or deleted from the object store. The message says what failed and what to correct.',
  },
  InvalidVolumeSnapshotCredsSecretRef: {
    on: { MigStorage: 'Critical' },
    mtc: true,
    meaning:
      'The Secret with the credentials for snapshots is not named or does not exist. Create it, or leave out spec.volumeSnapshotProvider.',
  },
  InvalidImage: {
    on: { MigHook: 'Critical' },
    mtc: true,
    meaning: 'spec.image of the hook is missing or is not a valid image reference. Correct it.',
  },
  InvalidTargetCluster: {
    on: { MigHook: 'Critical' },
    mtc: false,
    meaning: 'spec.targetCluster is missing or unknown. Write source or destination.',
  },
  InvalidCustomHook: {
    on: { MigHook: 'Critical' },
    mtc: true,
    meaning: 'A custom hook also has a playbook. Remove the playbook, or set spec.custom to false.',
  },
  InvalidAnsibleHook: {
    on: { MigHook: 'Critical' },
    mtc: true,
    meaning: 'A hook that is not custom has no playbook. Set spec.playbook, in base64.',
  },
  InvalidPlaybookData: {
    on: { MigHook: 'Critical' },
    mtc: true,
    meaning: 'spec.playbook is not base64 of a playbook that can be run. Correct the playbook and encode it again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
