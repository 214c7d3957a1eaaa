import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { SYSTEM_ACTOR, type VolumeTransferRow } from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import { CATEGORY, type ConditionFinding, mergeConditions } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { runRecord } from '../../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { finishRun } from '../run/finish-run.js';
import { createDirectVolumeActivities } from './index.js';
import { ShownCopies } from './shown-copies.js';

let temporary: TemporaryStore;
const clients: Record<string, ClusterClient> = {};

const inCluster = (kind: string, name: string, fields: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...fields,
  metadata: { name, ...(fields.metadata as object) },
});

function clusterOf(name: string, ...objects: KubeObject[]): ClusterClient {
  const system = inCluster('Namespace', 'kube-system', { metadata: { uid: `${name}-system` } });
  clients[name] = new FakeCluster(name, system, inCluster('Namespace', 'shop'), ...objects).client;
  return clients[name];
}

async function put(kind: string, name: string, spec: Record<string, unknown>, more: Partial<KubeObject> = {}) {
  const metadata = { namespace: MIGRATION_NAMESPACE, name, finalizers: findKind(kind)?.finalizers };
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, ...more, metadata };
  const { metadata: stored } = await temporary.store.resources.create(
    { ...object, spec: findKind(kind)?.spec?.parse(spec) },
    { actor: SYSTEM_ACTOR },
  );
  return stored.uid ?? '';
}
const get = (kind: string, name: string) =>
  temporary.store.resources.get({ kind, namespace: MIGRATION_NAMESPACE, name });
const list = async (kind: string) => (await temporary.store.resources.list({ kind })).items;

let number = 0;
const newName = (prefix: string): string => `${prefix}-${++number}`;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  const ready: ConditionFinding = { type: 'Ready', category: CATEGORY.Required, message: 'ready' };
  const status = { conditions: mergeConditions([], [ready], '2026-01-01T00:00:00Z') };
  for (const name of ['source', 'target']) await put('MigCluster', name, { url: `https://${name}` }, { status });
});
afterAll(() => temporary?.remove());

describe('freezing what a DirectVolumeMigration copies', () => {
  let source: ClusterClient;
  let told: ConditionFinding[][];
  const spec = {
    srcMigClusterRef: { name: 'source' },
    destMigClusterRef: { name: 'target' },
    persistentVolumeClaims: [{ name: 'data', namespace: 'shop', targetName: 'copy' }],
    backOffLimit: 3,
  };
  const volume = [
    inCluster('PersistentVolume', 'pv', { spec: { capacity: { storage: '2Gi' }, storageClassName: 'standard' } }),
    inCluster('PersistentVolumeClaim', 'data', {
      metadata: { namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], volumeName: 'pv' },
      status: { phase: 'Bound' },
    }),
  ];

  beforeEach(() => {
    told = [];
    const standard = inCluster('StorageClass', 'standard', { apiVersion: 'storage.k8s.io/v1', provisioner: 'any' });
    source = clusterOf('source', standard);
    clusterOf('target', standard);
  });

  const refOf = (name: string, uid: string): RunRef => ({
    kind: 'DirectVolumeMigration',
    namespace: MIGRATION_NAMESPACE,
    name,
    uid,
    attempt: 1,
  });

  function freeze(run: RunRef) {
    const client = {
      withAbortSignal: <Result>(_: AbortSignal, work: () => Promise<Result>) => work(),
      workflow: {
        getHandle: () => ({ signal: async (_: unknown, findings: ConditionFinding[]) => void told.push(findings) }),
      },
    } as unknown as Client;
    const environment = new MockActivityEnvironment({}, { client });
    const clusters = {
      connect: async ({ name }: { name: string }) => clients[name] as ClusterClient,
      close: async () => undefined,
    };
    const images = { transferImage: 'registry/transfer:1' };
    const deps = { store: temporary.store, clusters, images, logger: pino({ level: 'silent' }) };
    const { freezeVolumes } = createDirectVolumeActivities(deps);
    return environment.run(freezeVolumes, { run, workflowId: 'workflow' });
  }

  it('records a run without plan or repository, once', async () => {
    for (const object of volume) await source.create(object);
    const name = newName('copy');
    const run = refOf(name, await put('DirectVolumeMigration', name, spec));
    const summary = await freeze(run);
    expect(summary).toMatchObject({
      ref: run,
      does: { halts: false },
      volumes: [{ id: 'shop/data', label: 'shop/data → shop/copy, 2Gi' }],
    });
    expect(await temporary.store.runs.record(run)).toMatchObject({
      migration: { kind: 'DirectVolumeMigration', name },
      source: { name: 'source', clusterUid: 'source-system', minor: 36 },
      namespaces: [{ source: 'shop', target: 'shop' }],
      volumes: [{ target: { claim: 'copy', storageClass: 'standard', size: '2Gi' } }],
      settings: { rsync: { backoffLimit: 3 }, transferImage: 'registry/transfer:1' },
    });
    await source.remove({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' });
    expect(await freeze(run)).toEqual(summary);
    expect(told).toEqual([]);
  });

  it.each([
    [{ namespace: 'kube-system' }, 'kube-system of the source'],
    [{ targetNamespace: 'openshift-migration' }, 'openshift-migration of the target'],
  ])('copies nothing from or into a namespace that runs the cluster: %j', async (place, item) => {
    const name = newName('copy');
    const claims = [{ name: 'data', namespace: 'shop', targetName: 'copy', ...place }];
    const uid = await put('DirectVolumeMigration', name, { ...spec, persistentVolumeClaims: claims });
    void freeze(refOf(name, uid)).catch(() => undefined);
    await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1);
    expect(told[0]).toMatchObject([
      { type: 'NamespaceProtected', category: CATEGORY.Critical, items: expect.arrayContaining([item]) },
    ]);
    await temporary.store.resources.remove(
      { kind: 'DirectVolumeMigration', namespace: MIGRATION_NAMESPACE, name },
      { actor: SYSTEM_ACTOR },
    );
  });

  it('tells the workflow what blocks it, once, and continues when it is fixed', async () => {
    const name = newName('copy');
    const freezing = freeze(refOf(name, await put('DirectVolumeMigration', name, spec)));
    await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1);
    expect(told[0]).toMatchObject([{ type: 'PodsNotFoundOnSourceCluster', items: ['shop/data'] }]);
    for (const object of volume) await source.create(object);
    await put('MigHook', newName('anything'), {});
    expect(await freezing).toMatchObject({ volumes: [{ id: 'shop/data' }] });
    expect(told).toHaveLength(1);
  });

  it('looks at no cluster while references are wrong', async () => {
    const name = newName('copy');
    const uid = await put('DirectVolumeMigration', name, { ...spec, srcMigClusterRef: { name: 'unknown' } });
    const freezing = freeze(refOf(name, uid));
    await expect.poll(() => told.length).toBe(1);
    expect(told[0]?.map(({ type }) => type)).toEqual(['InvalidSourceClusterRef']);
    await temporary.store.resources.update(
      { kind: 'DirectVolumeMigration', namespace: MIGRATION_NAMESPACE, name },
      ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, finalizers: [] } }),
      { actor: SYSTEM_ACTOR },
    );
    await temporary.store.resources.remove(
      { kind: 'DirectVolumeMigration', namespace: MIGRATION_NAMESPACE, name },
      { actor: SYSTEM_ACTOR },
    );
    await expect(freezing).rejects.toMatchObject({ report: { type: 'NotFound' } });
  });
});

describe('showing the copies of a run', () => {
  const volumes = ['data', 'log'].map((claim) => ({
    id: `shop/${claim}`,
    key: `key-${claim}`,
    source: { namespace: 'shop', claim },
    target: { namespace: 'store', claim, storageClass: 'standard', accessModes: ['ReadWriteOnce'], size: '1Gi' },
    verify: false,
  })) as RunRecord['volumes'];
  const [data, log] = volumes as [RunRecord['volumes'][number], RunRecord['volumes'][number]];

  async function runOf(kind: 'MigMigration' | 'DirectVolumeMigration'): Promise<{ run: RunRef; record: RunRecord }> {
    const name = newName('run');
    const uid = await put(kind, name, {});
    const run: RunRef = { kind, namespace: MIGRATION_NAMESPACE, name, uid, attempt: 1 };
    const record = runRecord({ migration: run, volumes, quiescePods: false });
    const row = { ref: run, itinerary: record.itinerary, state: 'Running', workflowId: 'w' } as const;
    await temporary.store.runs.freeze(row, record);
    return { run, record };
  }

  const rowOf = (run: RunRef, { id }: { id: string }, fields: Partial<VolumeTransferRow> = {}): VolumeTransferRow => ({
    ref: run,
    volumeId: id,
    pass: 'pre-copy',
    phase: 'Running',
    totalBytes: 100,
    doneBytes: 40,
    sentBytes: 40,
    files: 1,
    filesTotal: 2,
    rate: 1_000,
    attempt: 1,
    podName: `copy-of-${id}-1`,
    ...fields,
  });

  const show = async (run: RunRef, record: RunRecord, volume: typeof data, fields?: Partial<VolumeTransferRow>) => {
    const row = rowOf(run, volume, fields);
    await temporary.store.runs.saveTransfers([row]);
    const copies = new ShownCopies(temporary.store, run, record);
    await copies.showStates([row]);
    await copies.showProgress(row);
  };
  const shownBy = async ({ uid }: RunRef) =>
    (await list('DirectVolumeMigration')).find(({ metadata }) => metadata.labels?.['migration-direct-volume'] === uid);
  const progressOf = async (migration: KubeObject | undefined) =>
    (await list('DirectVolumeMigrationProgress')).filter(
      ({ metadata }) => metadata.labels?.directvolumemigration === migration?.metadata.uid,
    );

  it('makes what is not there, owned by the migration, without a finalizer', async () => {
    const { run, record } = await runOf('MigMigration');
    await Promise.all([show(run, record, data), show(run, record, log)]);
    const shown = await shownBy(run);
    expect(shown?.metadata.finalizers).toBeUndefined();
    expect(shown).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'MigMigration', name: run.name, uid: run.uid }] },
      spec: { srcMigClusterRef: { name: 'source' }, persistentVolumeClaims: [{ name: 'data' }, { name: 'log' }] },
      status: { phase: 'RunRsyncOperations', runningPods: [{}, {}] },
    });
    expect(await progressOf(shown)).toMatchObject([
      { status: { totalProgressPercentage: '40%' } },
      { status: { totalProgressPercentage: '40%' } },
    ]);
    expect(findKind('DirectVolumeMigration')?.spec?.safeParse(shown?.spec).success).toBe(true);
  });

  it('ends with the run: what was not seen to end is closed', async () => {
    const { run, record } = await runOf('MigMigration');
    await show(run, record, data, { phase: 'Succeeded' });
    await show(run, record, log);
    await temporary.store.runs.setState(run, 'Failed');
    await finishRun(temporary.store, run);
    const shown = await shownBy(run);
    expect(shown?.status).toMatchObject({
      phase: 'Completed',
      itinerary: 'VolumeMigrationFailed',
      conditions: [{ type: 'Failed', category: 'Critical' }],
      rsyncOperations: [{ succeeded: true }, { failed: true }],
    });
    expect((await progressOf(shown)).map(({ status }) => status.phase).sort()).toEqual(['Failed', 'Succeeded']);
    await finishRun(temporary.store, run);
    expect((await shownBy(run))?.metadata.resourceVersion).toBe(shown?.metadata.resourceVersion);
  });

  it('shows nothing for a migration that copied no volume', async () => {
    const { run } = await runOf('MigMigration');
    await temporary.store.runs.setState(run, 'Succeeded');
    await finishRun(temporary.store, run);
    expect(await shownBy(run)).toBeUndefined();
  });

  it('adds to the DirectVolumeMigration that is run, whose other words are its workflow’s', async () => {
    const { run, record } = await runOf('DirectVolumeMigration');
    await temporary.store.statuses.writeRunStatus(run, 1, { phase: 'RunRsyncOperations' });
    await show(run, record, data);
    await temporary.store.statuses.writeRunStatus(run, 2, { phase: 'DeleteRsyncResources' });
    const copy = await get('DirectVolumeMigration', run.name);
    expect(copy?.status).toMatchObject({
      phase: 'DeleteRsyncResources',
      runningPods: [{ pvcRef: { name: 'data' } }],
      rsyncOperations: [{ currentAttempt: 1 }],
    });
    expect(await progressOf(copy)).toMatchObject([{ metadata: { ownerReferences: [{ uid: run.uid }] } }]);
  });

  it('removes progress objects in the end when the spec says so', async () => {
    const { run, record } = await runOf('DirectVolumeMigration');
    await show(run, record, data);
    const key = { kind: 'DirectVolumeMigration', namespace: MIGRATION_NAMESPACE, name: run.name };
    const change = ({ spec, ...rest }: KubeObject) => ({
      ...rest,
      spec: { ...spec, deleteProgressReportingCRs: true },
    });
    await temporary.store.resources.update(key, change as never, { actor: SYSTEM_ACTOR });
    await temporary.store.runs.setState(run, 'Succeeded');
    await finishRun(temporary.store, run);
    const copy = await get('DirectVolumeMigration', run.name);
    expect(await progressOf(copy)).toEqual([]);
    expect(copy?.metadata.finalizers ?? []).toEqual([]);
    expect(copy?.status).toMatchObject({ successfulPods: [{ pvcRef: { name: 'data' } }] });
  });

  it('does not bring back what was removed with its migration', async () => {
    const { run, record } = await runOf('MigMigration');
    const key = { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: run.name };
    const letGo = ({ metadata, ...rest }: KubeObject) => ({ ...rest, metadata: { ...metadata, finalizers: [] } });
    await temporary.store.resources.update(key, letGo as never, { actor: SYSTEM_ACTOR });
    await temporary.store.resources.remove(key, { actor: SYSTEM_ACTOR });
    await show(run, record, data);
    expect(await shownBy(run)).toBeUndefined();
  });
});
