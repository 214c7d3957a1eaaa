import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { watchLoopDelay } from '../kit/process/event-loop-delay.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());
watchLoopDelay();

const STATUS = `${OBJECTS_PATH}/migclusters/source/status`;
const merge = { 'Content-Type': 'application/merge-patch+json' };

it('keeps clients from saying which cluster a MigCluster is', async () => {
  const made = await api.create('migclusters', {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigCluster',
    metadata: { name: 'source' },
    spec: { url: 'https://api.example.com' },
  });
  expect(made.code).toBe(201);
  const patch = (status: unknown) => api.request('PATCH', STATUS, { status }, merge);

  const first = await patch({ clusterUid: 'uid-of-another', operatorVersion: '1.8' });
  expect(first.body.status).toEqual({ operatorVersion: '1.8' });
  expect(first.headers.get('warning')).toContain('status.clusterUid is kept as it is');

  const key = { kind: 'MigCluster', namespace: NAMESPACE, name: 'source' };
  const checked = (object: KubeObject): KubeObject => ({
    ...object,
    status: { ...object.status, clusterUid: 'its-own' },
  });
  await api.store.resources.update(key, checked, { actor: SYSTEM_ACTOR });
  for (const clusterUid of ['uid-of-another', null, '']) {
    expect((await patch({ clusterUid })).body.status.clusterUid).toBe('its-own');
  }
  const whole = (await api.request('GET', `${OBJECTS_PATH}/migclusters/source`)).body;
  const put = await api.request('PUT', STATUS, { ...whole, status: { clusterUid: 'uid-of-another' } });
  expect(put.body.status).toEqual({ clusterUid: 'its-own' });
  expect((await patch(null)).body.status).toEqual({ clusterUid: 'its-own' });
});

it.each([
  ['migclusters', 'MigCluster', { url: 'https://admin:planted@api.example.com' }],
  ['migclusters', 'MigCluster', { exposedRegistryPath: 'admin:planted@registry.example.com' }],
  ['migstorages', 'MigStorage', { backupStorageConfig: { awsS3Url: 'https://admin:planted@store' } }],
  ['migstorages', 'MigStorage', { backupStorageConfig: { awsPublicUrl: 'https://admin:planted@store' } }],
])('refuses an address with a password in %s, and does not repeat it', async (plural, kind, spec) => {
  const metadata = { name: 'with-password' };
  const { code, body } = await api.create(plural, {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind,
    metadata,
    spec,
  });
  expect(code).toBe(422);
  expect(JSON.stringify(body)).toContain('must not hold a user name or password');
  expect(JSON.stringify(body)).not.toContain('planted');
  expect(api.log).not.toContain('planted');
});

it.each([
  ['migclusters', 'MigCluster', (caBundle: string) => ({ caBundle })],
  ['migstorages', 'MigStorage', (s3CustomCABundle: string) => ({ backupStorageConfig: { s3CustomCABundle } })],
])('refuses a bundle of certificates of more than 256 KiB in %s', async (plural, kind, spec) => {
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, metadata: { name: 'large' } };
  expect((await api.create(plural, { ...object, spec: spec('A'.repeat(262_148)) })).code).toBe(422);
  expect((await api.create(plural, { ...object, spec: spec('A'.repeat(262_144)) })).code).toBe(201);
});
