import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import { conditionsOf } from '../../resources/meta/conditions.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { createCheckActivities } from '../reconcile/index.js';
import { readStorageAccess } from './storage-access.js';

const NAMESPACE = 'openshift-migration';
const credsSecretRef = { namespace: 'openshift-config', name: 'keys' };
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: credsSecretRef,
  stringData: { 'aws-access-key-id': 'id', 'aws-secret-access-key': 'planted' },
};
const given = { awsBucketName: 'backups', awsS3Url: 'https://s3.example.com', credsSecretRef };

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());
beforeEach(async () => {
  await temporary.store.resources.remove({ kind: 'Secret', ...credsSecretRef }, { actor: SYSTEM_ACTOR });
  await temporary.store.resources.create(secret, { actor: SYSTEM_ACTOR });
});

const storage = (config: object) =>
  ({
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigStorage',
    metadata: { namespace: NAMESPACE, name: 'repository' },
    spec: { backupStorageProvider: 'aws', backupStorageConfig: { ...given, ...config } },
  }) as MigStorage;
const read = (config: object = {}, options?: { untried: boolean }) =>
  readStorageAccess({ store: temporary.store }, storage(config), options);

describe('the keys of an object store', () => {
  it.each([
    { awsBucketName: 'evil' },
    { awsS3Url: 'https://evil.example.com' },
    { awsS3Url: 'http://s3.example.com' },
    { awsS3Url: undefined },
    { awsRegion: 'elsewhere' },
    { insecure: true },
    { s3CustomCABundle: 'bm90IHRoZSBzYW1l' },
  ])('that were used once are not given for %j', async (config) => {
    expect((await read())?.credentials['aws-secret-access-key']).toBe('planted');
    const failure = await read(config).catch((error: Error) => error);
    expect(failure).toMatchObject({ report: { type: 'CredentialsRejected' } });
    expect(String(failure)).toContain('write the value of key aws-secret-access-key into Secret openshift-config/keys');
    expect(String(failure)).not.toContain('planted');
    expect((await read())?.credentials['aws-secret-access-key']).toBe('planted');
  });

  it('that are only tried are given for another bucket too, until they have been used', async () => {
    await read({ awsBucketName: 'misspelt' }, { untried: true });
    await read();
    await expect(read({ awsBucketName: 'misspelt' }, { untried: true })).rejects.toThrow('another address');
  });

  it('are still given where verification is added, not where another authority is', async () => {
    await read({ insecure: true });
    await read({ insecure: false, s3CustomCABundle: 'YQ==' });
    await expect(read({ awsBucketName: 'evil' })).rejects.toThrow('another address');
  });

  it('are named in a condition of the MigStorage, without a request', async () => {
    await read();
    const { store } = temporary;
    await store.resources.create(storage({ awsS3Url: 'https://127.0.0.1:1' }), { actor: SYSTEM_ACTOR });
    const clusters = { connect: () => Promise.reject(new Error('not asked for')), close: async () => undefined };
    const checks = createCheckActivities({ store, clusters, logger: pino({ level: 'silent' }) });
    await checks.checkStorage({ namespace: NAMESPACE, name: 'repository' });
    const found = await store.resources.get({ kind: 'MigStorage', namespace: NAMESPACE, name: 'repository' });
    expect(conditionsOf(found as MigStorage)).toMatchObject([
      { type: 'CredentialsNotForThisAddress', category: 'Critical', reason: 'AddressChanged' },
    ]);
  });
});
