import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE, STORAGE_FINALIZER } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { runRecord } from '../../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { backupLocationManifests, backupLocationName } from '../velero/backup-location-manifest.js';
import { holdStorage } from './hold-storage.js';
import { createStorageActivities } from './index.js';

const API_VERSION = 'migration.openshift.io/v1alpha1';
let temporary: TemporaryStore;
let source: FakeCluster;
let target: FakeCluster;
/** Clusters that do not answer. */
let away: Set<string>;
let activities: ReturnType<typeof createStorageActivities>;
let storage: { namespace: string; name: string; uid: string };
let number = 0;

const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  new MockActivityEnvironment().run<[Input], Result, typeof activity>(activity, input);
const put = (kind: string, name: string, spec: object = {}) =>
  temporary.store.resources.create(
    { apiVersion: API_VERSION, kind, metadata: { namespace: MIGRATION_NAMESPACE, name }, spec },
    { actor: SYSTEM_ACTOR },
  );
const key = () => ({ kind: 'MigStorage', namespace: storage.namespace, name: storage.name });
const read = async () => (await temporary.store.resources.get(key())) as KubeObject;
const events = async () =>
  (await temporary.store.resources.list({ kind: 'Event' })).items.filter(
    ({ involvedObject }) => involvedObject.uid === storage.uid,
  );

beforeAll(async () => {
  temporary = await startTemporaryStore();
  for (const name of ['source', 'target']) await put('MigCluster', name);
  await put('MigrationController', 'migration-controller', { cleanup_patience_seconds: 2 });
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  away = new Set();
  const clusters = {
    connect: async ({ name }: { name: string }): Promise<ClusterClient> => {
      if (away.has(name)) {
        const details = { code: 0, reason: '', cluster: name, verb: 'get', path: '/', retryable: true };
        throw new KubernetesApiError(`${name} does not answer`, details);
      }
      return (name === 'source' ? source : target).client;
    },
    close: async () => undefined,
  };
  activities = createStorageActivities({ store: temporary.store, clusters, logger: pino({ level: 'silent' }) });
  number += 1;
  const { metadata } = await put('MigStorage', `storage-${number}`);
  storage = { namespace: MIGRATION_NAMESPACE, name: metadata.name, uid: metadata.uid ?? '' };
});

function putLocation(cluster: FakeCluster, uid = storage.uid): void {
  const access = {
    name: storage.name,
    spec: { backupStorageProvider: 'aws', backupStorageConfig: { awsBucketName: 'b' } },
    credentials: {},
  };
  const { location, secret } = backupLocationManifests(access as never, uid);
  cluster.set(location);
  cluster.set(secret);
}

const backupIn = (location: string): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'Backup',
  metadata: { name: 'cutover-initial', namespace: MIGRATION_NAMESPACE },
  spec: { storageLocation: location },
});

describe('a storage that is put on a cluster', () => {
  it('does not go before it was taken off', async () => {
    expect(await holdStorage(temporary.store, await read())).toBe(true);
    expect(await holdStorage(temporary.store, await read())).toBe(true);
    expect((await read()).metadata.finalizers).toEqual([STORAGE_FINALIZER]);
    const before = await read();
    await temporary.store.resources.remove(key(), { actor: SYSTEM_ACTOR });
    expect((await read()).metadata.deletionTimestamp).toBeDefined();
    expect(await holdStorage(temporary.store, await read())).toBe(false);
    expect(await holdStorage(temporary.store, { ...before, metadata: { ...before.metadata, finalizers: [] } })).toBe(
      false,
    );
  });
});

describe('a storage that is not being deleted', () => {
  it('stays on the clusters and is not let go, whoever begins its removal', async () => {
    await holdStorage(temporary.store, await read());
    putLocation(source);
    const refused = { report: { type: 'Refused', where: `MigStorage ${MIGRATION_NAMESPACE}/${storage.name}` } };
    await expect(perform(activities.removeStorageLocations, storage)).rejects.toMatchObject(refused);
    await expect(perform(activities.letStorageGo, { ...storage, left: [] })).rejects.toMatchObject(refused);
    expect(source.mutations).toEqual([]);
    expect((await read()).metadata.finalizers).toEqual([STORAGE_FINALIZER]);
  });
});

describe('removing a storage from the clusters', () => {
  beforeEach(async () => {
    await holdStorage(temporary.store, await read());
    await temporary.store.resources.remove(key(), { actor: SYSTEM_ACTOR });
  });

  it('waits for the end of a run that uses it, whoever begins the removal', async () => {
    const uid = `user-${number}`;
    const ref = { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: uid, uid, attempt: 1 } as const;
    const row = { ref, itinerary: 'Final', state: 'Running', workflowId: uid } as const;
    await temporary.store.runs.freeze(row, runRecord({ storage }));
    putLocation(source);
    await expect(perform(activities.removeStorageLocations, storage)).rejects.toMatchObject({
      report: { type: 'Refused', why: `Under way: ${MIGRATION_NAMESPACE}/${uid}.` },
    });
    expect(source.mutations).toEqual([]);
    await temporary.store.runs.setState(ref, 'Failed');
    expect(await perform(activities.removeStorageLocations, storage)).toEqual({ removed: 2, left: [] });
  });

  it('takes its location and its Secret, and nothing of another one', async () => {
    const other = `${storage.uid.slice(0, 8)}-another`;
    putLocation(source);
    putLocation(target, other);
    source.set({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloud', namespace: MIGRATION_NAMESPACE } });
    expect(backupLocationName(other)).toBe(backupLocationName(storage.uid));
    expect(await perform(activities.removeStorageLocations, storage)).toEqual({ removed: 2, left: [] });
    expect([...source.objects.keys()]).toEqual(['Secret openshift-migration/cloud']);
    expect(target.objects.size).toBe(2);
    expect(await perform(activities.removeStorageLocations, storage)).toEqual({ removed: 0, left: [] });
  });

  it('leaves it where Backups need it, until they are gone', async () => {
    putLocation(source);
    putLocation(target);
    source.set(backupIn(backupLocationName(storage.uid)));
    target.set(backupIn('another'));
    const { removed, left } = await perform(activities.removeStorageLocations, storage);
    expect(removed).toBe(2);
    expect(left).toEqual([
      { cluster: { namespace: MIGRATION_NAMESPACE, name: 'source' }, why: expect.stringContaining('cutover-initial') },
    ]);
    expect(source.find('BackupStorageLocation', backupLocationName(storage.uid))).toBeDefined();
    source.delete({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      namespace: MIGRATION_NAMESPACE,
      name: 'cutover-initial',
    });
    const clusters = left.map(({ cluster }) => cluster);
    expect(await perform(activities.removeStorageLocations, { ...storage, clusters })).toEqual({
      removed: 2,
      left: [],
    });
    expect(source.objects.size).toBe(0);
  });

  it('continues with the others where a cluster does not answer, and forgets one that is no longer registered', async () => {
    away.add('source');
    putLocation(target);
    const { removed, left } = await perform(activities.removeStorageLocations, storage);
    expect(removed).toBe(2);
    expect(left).toMatchObject([{ cluster: { name: 'source' }, why: expect.stringContaining('does not answer') }]);
    const clusters = [{ namespace: MIGRATION_NAMESPACE, name: 'forgotten' }];
    expect(await perform(activities.removeStorageLocations, { ...storage, clusters })).toEqual({
      removed: 0,
      left: [],
    });
  });
});

describe('a deleted storage', () => {
  it('waits for the runs that use it', async () => {
    const ref: RunRef = {
      kind: 'MigMigration',
      namespace: MIGRATION_NAMESPACE,
      name: `m-${number}`,
      uid: `run-${number}`,
      attempt: 1,
    };
    const row = { ref, itinerary: 'Final', state: 'Running', workflowId: 'w' } as const;
    await temporary.store.runs.freeze(row, runRecord({ storage }));
    let unused = false;
    const waiting = perform(activities.waitForStorageUnused, storage).then(() => {
      unused = true;
    });
    await perform(activities.waitForStorageUnused, { ...storage, uid: 'another' });
    expect(unused).toBe(false);
    await temporary.store.runs.setState(ref, 'Failed');
    // The end of a run is written with a change of what is run.
    await put('MigHook', `anything-${number}`);
    await waiting;
  });

  it('goes, with an Event about what stays for now', async () => {
    await holdStorage(temporary.store, await read());
    await temporary.store.resources.remove(key(), { actor: SYSTEM_ACTOR });
    const left = [{ cluster: { namespace: MIGRATION_NAMESPACE, name: 'source' }, why: 'Cluster source is away.' }];
    await perform(activities.letStorageGo, { ...storage, left });
    expect(await read()).toBeUndefined();
    expect(await events()).toMatchObject([
      { type: 'Warning', reason: 'LeftBehind', message: expect.stringContaining('Cluster source is away.') },
    ]);
    await perform(activities.letStorageGo, { ...storage, left });
    expect(await events()).toHaveLength(1);
  });
});
