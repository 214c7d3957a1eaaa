import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import { CATEGORY, type ConditionFinding, mergeConditions } from '../../resources/meta/conditions.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, MIGRATION_FINALIZER, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunFacts } from '../../resources/run/facts.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { createRunActivities } from './index.js';

let temporary: TemporaryStore;
let runs: ReturnType<typeof createRunActivities>;
const clients: Record<string, ClusterClient> = {};
const images: { transferImage: string; hookRunnerImage?: string } = { transferImage: 'registry/transfer:1' };

/** A cluster whose Velero finds every location Available. */
function clusterOf(name: string, ...objects: KubeObject[]): ClusterClient {
  const fake = new FakeCluster(name, ...objects);
  fake.react = ({ kind, metadata, status }) => {
    if (kind === 'BackupStorageLocation' && !status)
      fake.edit({ kind, ...metadata }, { status: { phase: 'Available' } });
  };
  return fake.client;
}
const cluster = (apiVersion: string, kind: string, name: string, fields = {}, namespace?: string): KubeObject => ({
  apiVersion,
  kind,
  ...fields,
  metadata: { name, namespace, uid: `uid-of-${name}` },
});
const common = (uid: string) => [
  { ...cluster('v1', 'Namespace', 'kube-system'), metadata: { name: 'kube-system', uid } },
  cluster('v1', 'Namespace', MIGRATION_NAMESPACE),
  cluster('storage.k8s.io/v1', 'StorageClass', 'standard', { provisioner: 'example.com/any' }),
];
const volume = (claim: string) => [
  cluster('v1', 'PersistentVolume', `pv-${claim}`, {
    spec: { capacity: { storage: '2Gi' }, storageClassName: 'standard' },
  }),
  cluster(
    'v1',
    'PersistentVolumeClaim',
    claim,
    { spec: { accessModes: ['ReadWriteOnce'], volumeName: `pv-${claim}` }, status: { phase: 'Bound' } },
    'shop',
  ),
];

async function put(kind: string, name: string, spec: Record<string, unknown>, status?: object): Promise<KubeObject> {
  const metadata = { namespace: MIGRATION_NAMESPACE, name, finalizers: findKind(kind)?.finalizers };
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, metadata, status };
  return temporary.store.resources.create(
    { ...object, spec: findKind(kind)?.spec?.parse(spec) },
    { actor: SYSTEM_ACTOR },
  );
}
const get = (kind: string, name: string) =>
  temporary.store.resources.get({ kind, namespace: MIGRATION_NAMESPACE, name });
const conditions = (...findings: ConditionFinding[]) => ({
  conditions: mergeConditions([], findings, '2026-01-01T00:00:00Z'),
});
const ready = conditions({ type: 'Ready', category: CATEGORY.Required, message: 'ready' });

let number = 0;
/** A migration of the plan, and what runs know it by. */
async function migrate(spec: Record<string, unknown> = {}): Promise<RunRef> {
  const { metadata } = await put('MigMigration', `m-${++number}`, { migPlanRef: { name: 'plan' }, ...spec });
  return {
    kind: 'MigMigration',
    namespace: MIGRATION_NAMESPACE,
    name: metadata.name,
    uid: metadata.uid ?? '',
    attempt: 1,
  };
}
const freeze = (run: RunRef) => runs.freezeRun({ run, workflowId: `migration/${run.name}` });
const refusal = async (run: RunRef): Promise<string> => {
  const error = await freeze(run).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error instanceof StepFailure) return `${error.report.type}: ${error.report.why}`;
  throw error ?? new Error(`${run.name} was not refused`);
};
const eventsAbout = async (name: string) =>
  (await temporary.store.resources.list({ kind: 'Event' })).items.filter((event) => event.involvedObject.name === name);

beforeAll(async () => {
  temporary = await startTemporaryStore();
  const clusters = {
    connect: async ({ name }: { name: string }) => clients[name] as ClusterClient,
    close: async () => undefined,
  };
  const { store } = temporary;
  runs = createRunActivities({ store, clusters, images, logger: pino({ level: 'silent' }) });
  await put('MigCluster', 'source', { url: 'https://source' }, ready);
  await put('MigCluster', 'target', { isHostCluster: true }, ready);
  const credsSecretRef = { name: 'storage', namespace: 'openshift-config' };
  const backupStorageConfig = { awsBucketName: 'bucket', credsSecretRef };
  await put('MigStorage', 'storage', { backupStorageProvider: 'aws', backupStorageConfig }, ready);
  await temporary.store.resources.create(
    { apiVersion: 'v1', kind: 'Secret', metadata: credsSecretRef, data: { 'aws-access-key-id': 'a2V5' } },
    { actor: SYSTEM_ACTOR },
  );
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  clients.source = clusterOf('source', ...common('one'), cluster('v1', 'Namespace', 'shop'), ...volume('data'));
  clients.target = clusterOf('target', ...common('two'));
  for (const kind of ['MigMigration', 'MigPlan']) {
    for (const { metadata } of (await temporary.store.resources.list({ kind })).items) {
      const key = { kind, namespace: MIGRATION_NAMESPACE, name: metadata.name };
      const bare = (object: KubeObject) => ({ ...object, metadata: { ...object.metadata, finalizers: [] } });
      await temporary.store.resources.update(key, bare, { actor: SYSTEM_ACTOR });
      await temporary.store.resources.remove(key, { actor: SYSTEM_ACTOR });
    }
  }
  await put('MigPlan', 'plan', {
    srcMigClusterRef: { name: 'source' },
    destMigClusterRef: { name: 'target' },
    migStorageRef: { name: 'storage' },
    namespaces: ['shop:store'],
  });
});

describe('freezing a run', () => {
  it('records what plan, clusters and settings say now, and who belongs to whom', async () => {
    const run = await migrate({ quiescePods: true });
    const summary = await freeze(run);
    expect(summary).toMatchObject({
      itinerary: 'Final',
      does: { halts: true },
      title: 'shop → store: source → target',
      volumes: [{ id: 'shop/data', label: 'shop/data → store/data, 2Gi' }],
      warnings: [],
      patience: { copy: 900 },
    });
    const record = await temporary.store.runs.record(run);
    expect(record).toMatchObject({
      source: { name: 'source', clusterUid: 'one', minor: 36 },
      target: { name: 'target', clusterUid: 'two' },
      namespaces: [{ source: 'shop', target: 'store' }],
      volumes: [
        {
          persistentVolume: 'pv-data',
          target: {
            namespace: 'store',
            claim: 'data',
            storageClass: 'standard',
            accessModes: ['ReadWriteOnce'],
            size: '2Gi',
          },
        },
      ],
      settings: { transferImage: 'registry/transfer:1' },
    });
    const migration = await get('MigMigration', run.name);
    expect(migration?.metadata).toMatchObject({
      labels: { 'migration.openshift.io/migplan-name': 'plan', 'migration.openshift.io/migration-uid': run.uid },
      ownerReferences: [{ kind: 'MigPlan', name: 'plan', uid: record.plan.uid }],
    });
  });

  it('is not touched by what changes afterwards', async () => {
    const run = await migrate({ quiescePods: true });
    const first = await freeze(run);
    clients.source = clusterOf('source', ...common('one'), cluster('v1', 'Namespace', 'shop'));
    expect(await freeze(run)).toEqual(first);
    expect(await runs.readRun({ run })).toEqual({ summary: first, facts: {}, state: 'Running' });
  });

  it('leaves out what the plan skips, and says why', async () => {
    const selection = { action: 'skip' };
    const change = (plan: KubeObject) => ({
      ...plan,
      spec: { ...plan.spec, persistentVolumes: [{ name: 'pv-data', selection, pvc: {} }] },
    });
    const key = { kind: 'MigPlan', namespace: MIGRATION_NAMESPACE, name: 'plan' };
    await temporary.store.resources.update(key, change, { actor: SYSTEM_ACTOR });
    const run = await migrate({ quiescePods: true });
    await freeze(run);
    expect(await temporary.store.runs.record(run)).toMatchObject({
      volumes: [],
      skippedVolumes: [{ namespace: 'shop', claim: 'data', reason: expect.stringContaining('is skip') }],
    });
  });

  it('freezes the hooks of a cutover in the order in which they run, and tells the workflow what it needs of them', async () => {
    const playbook = Buffer.from('- hosts: localhost\n').toString('base64');
    const hooks = {
      'warm-up': { playbook, targetCluster: 'destination' },
      drain: { custom: true, image: 'i', targetCluster: 'source', onFailure: 'Ignore' },
    };
    for (const [name, spec] of Object.entries(hooks)) await put('MigHook', name, spec, ready);
    const use = (name: string, phase: string) => ({
      reference: { name, namespace: MIGRATION_NAMESPACE },
      phase,
      executionNamespace: 'shop',
      serviceAccount: 'default',
    });
    const key = { kind: 'MigPlan', namespace: MIGRATION_NAMESPACE, name: 'plan' };
    const ask = (plan: KubeObject) => ({
      ...plan,
      spec: { ...plan.spec, hooks: [use('warm-up', 'PreRestore'), use('drain', 'PreBackup')] },
    });
    await temporary.store.resources.update(key, ask, { actor: SYSTEM_ACTOR });
    const account = cluster('v1', 'ServiceAccount', 'default', {}, 'shop');
    clients.source = clusterOf('source', ...common('one'), cluster('v1', 'Namespace', 'shop'), account);
    clients.target = clusterOf('target', ...common('two'), cluster('v1', 'Namespace', 'shop'), account);
    images.hookRunnerImage = 'registry/hook-runner:1';

    const run = await migrate({ quiescePods: true });
    const summary = await freeze(run);
    expect(summary.hooks).toEqual([
      { phase: 'PreBackup', name: 'drain', cluster: 'source', onFailure: 'Ignore' },
      { phase: 'PreRestore', name: 'warm-up', cluster: 'target', onFailure: 'Fail' },
    ]);
    const place = { executionNamespace: 'shop', serviceAccount: 'default', activeDeadlineSeconds: 1800 };
    expect((await temporary.store.runs.record(run)).hooks).toMatchObject([
      { phase: 'PreBackup', image: 'i', onFailure: 'Ignore', ...place },
      { phase: 'PreRestore', image: 'registry/hook-runner:1', playbook, ...place },
    ]);
    expect((await freeze(await migrate({ stage: true }))).hooks).toBeUndefined();
  });

  it('takes over whether volumes get their reclaim policy back', async () => {
    const asked = async () => {
      const run = await migrate({ quiescePods: true });
      await freeze(run);
      return (await temporary.store.runs.record(run)).options.restoreReclaimPolicy;
    };
    expect(await asked()).toBe(false);
    const key = { kind: 'MigPlan', namespace: MIGRATION_NAMESPACE, name: 'plan' };
    const ask = (plan: KubeObject) => ({ ...plan, spec: { ...plan.spec, restoreReclaimPolicy: true } });
    await temporary.store.resources.update(key, ask, { actor: SYSTEM_ACTOR });
    expect(await asked()).toBe(true);
  });

  const edit = (spec: object) =>
    temporary.store.resources.update(
      { kind: 'MigPlan', namespace: MIGRATION_NAMESPACE, name: 'plan' },
      (plan) => ({ ...plan, spec: { ...plan.spec, ...spec } }),
      { actor: SYSTEM_ACTOR },
    );
  /** Both MigClusters are one cluster, with a second storage class. */
  const inOneCluster = () => {
    const fast = cluster('storage.k8s.io/v1', 'StorageClass', 'fast', { provisioner: 'example.com/any' });
    clients.source = clusterOf('source', ...common('one'), fast, cluster('v1', 'Namespace', 'shop'), ...volume('data'));
    clients.target = clients.source;
  };

  it.each([
    [{ migrateState: true, quiescePods: true }, 'State', true],
    [{ migrateState: true }, 'State', false],
  ])('between clusters, of %j is a %s', async (spec, itinerary, halts) => {
    expect(await freeze(await migrate(spec))).toMatchObject({ itinerary, does: { halts }, warnings: [] });
  });

  it('within one cluster is a conversion where namespaces stay, and needs no repository', async () => {
    inOneCluster();
    await edit({ namespaces: ['shop'], migStorageRef: undefined });
    const run = await migrate({ migrateState: true, quiescePods: true });
    expect(await freeze(run)).toMatchObject({ itinerary: 'Conversion', warnings: [] });
    const { volumes, storage, namespaces } = await temporary.store.runs.record(run);
    expect(volumes).toMatchObject([
      { source: { claim: 'data' }, target: { namespace: 'shop', claim: expect.stringMatching(/^data-mig-.{4}$/) } },
    ]);
    expect(storage.name).toBe('');
    expect(namespaces).toEqual([{ source: 'shop', target: 'shop' }]);
    expect(await refusal(await migrate())).toContain('InvalidSpec');
    expect(await refusal(await migrate({ stage: true }))).toContain('InvalidSpec');
  });

  it('within one cluster is refused where it would move the application onto itself', async () => {
    inOneCluster();
    await edit({ namespaces: ['shop:store', 'store:shop'] });
    clients.source = clusterOf(
      'source',
      ...common('one'),
      ...['shop', 'store'].map((name) => cluster('v1', 'Namespace', name)),
    );
    clients.target = clients.source;
    expect(await refusal(await migrate({ quiescePods: true }))).toContain('IntraClusterMigration');
    expect(await freeze(await migrate({ migrateState: true }))).toMatchObject({ itinerary: 'State' });
  });

  it('within one cluster is a state migration where namespaces are mapped', async () => {
    inOneCluster();
    const summary = await freeze(await migrate({ migrateState: true, quiescePods: true }));
    expect(summary).toMatchObject({ itinerary: 'State', volumes: [{ label: 'shop/data → store/data, 2Gi' }] });
  });

  it('of a plan that renames claims is a state migration or nothing', async () => {
    await edit({ persistentVolumes: [{ name: 'pv-data', selection: {}, pvc: { name: 'data:files' } }] });
    expect(await refusal(await migrate({ stage: true }))).toContain('InvalidSpec: The plan gives claims another name');
    const run = await migrate({ migrateState: true });
    await freeze(run);
    const record = await temporary.store.runs.record(run);
    expect(record.volumes).toMatchObject([{ source: { claim: 'data' }, target: { claim: 'files' } }]);
  });

  it('of chosen objects copies volumes only with their claims, and closes the plan once it has succeeded', async () => {
    const labelSelector = { matchLabels: { app: 'web' } };
    const persistentVolumes = [{ name: 'pv-data', selection: {}, pvc: { name: 'data:files' } }];
    await edit({ includedResources: [{ group: '', kind: 'PersistentVolume' }], labelSelector, persistentVolumes });
    const run = await migrate({ quiescePods: true });
    await freeze(run);
    expect(await temporary.store.runs.record(run)).toMatchObject({
      volumes: [],
      skippedVolumes: [
        { claim: 'data', target: 'files', reason: expect.stringContaining('does not list PersistentVolumeClaim') },
      ],
      options: { closesPlan: true },
      labelSelector,
    });
    await runs.setRunState({ run, state: 'Failed', itinerary: 'Failed' });
    await runs.finishRun({ run });
    expect((await get('MigPlan', 'plan'))?.spec.closed).toBe(false);
    const second = await migrate({ quiescePods: true });
    await freeze(second);
    await runs.setRunState({ run: second, state: 'SucceededWithWarnings', itinerary: 'Final' });
    await runs.finishRun({ run: second });
    await runs.finishRun({ run: second });
    expect((await get('MigPlan', 'plan'))?.spec.closed).toBe(true);
  });

  it('leaves out the claims that neither the labels of the plan select nor what they select uses', async () => {
    const source = clients.source as ClusterClient;
    for (const object of [...volume('cache'), ...volume('logs')]) await source.create(object);
    const web = { name: 'web', namespace: 'shop', labels: { app: 'web' } };
    const spec = { template: { spec: { volumes: [{ name: 'logs', persistentVolumeClaim: { claimName: 'logs' } }] } } };
    await source.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: web, spec });
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' };
    await source.patch(claim, { metadata: { labels: { app: 'web' } } });
    await edit({ labelSelector: { matchLabels: { app: 'web' } } });
    const chosen = await migrate({ quiescePods: true });
    await freeze(chosen);
    expect(await temporary.store.runs.record(chosen)).toMatchObject({
      volumes: [{ id: 'shop/data' }, { id: 'shop/logs' }],
      skippedVolumes: [{ namespace: 'shop', claim: 'cache', reason: expect.stringContaining('spec.labelSelector') }],
    });
    const state = await migrate({ migrateState: true });
    await freeze(state);
    const { volumes } = await temporary.store.runs.record(state);
    expect(volumes.map(({ id }) => id).sort()).toEqual(['shop/cache', 'shop/data', 'shop/logs']);
  });

  it('of the volumes alone takes them all, whatever objects the plan chooses, and leaves it open', async () => {
    const labelSelector = { matchLabels: { app: 'web' } };
    await edit({ includedResources: [{ group: '', kind: 'PersistentVolumeClaim' }], labelSelector });
    const state = await migrate({ migrateState: true });
    await freeze(state);
    const record = await temporary.store.runs.record(state);
    expect(record).toMatchObject({ volumes: [{ id: 'shop/data' }], includedResources: [] });
    expect(record.options.closesPlan).toBe(false);
    expect(record.labelSelector).toBeUndefined();
  });

  it('tells whether and how long a failure may wait for the operator', async () => {
    expect(await freeze(await migrate())).not.toHaveProperty('pauseLimitSeconds');
    await edit({ onFailure: 'Pause', pauseLimitSeconds: 60 });
    expect(await freeze(await migrate())).toMatchObject({ pauseLimitSeconds: 60 });
  });

  it('knows which of its namespaces another plan works on too', async () => {
    await put('MigPlan', 'other', { srcMigClusterRef: { name: 'source' }, namespaces: ['shop'], closed: true });
    const state = await migrate({ migrateState: true, quiescePods: true });
    await freeze(state);
    expect((await temporary.store.runs.record(state)).sharedNamespaces).toEqual(['shop']);
    // Its application was moved or given up: a cutover takes all there is.
    const cutover = await migrate({ quiescePods: true });
    await freeze(cutover);
    expect((await temporary.store.runs.record(cutover)).sharedNamespaces).toEqual([]);
  });

  it.each([
    [{ stage: true, quiescePods: true }, 'Stage', false, ['QuiesceIgnored']],
    [{ stage: true }, 'Stage', false, []],
    [{ stage: true, verify: true }, 'Stage', false, ['VerifyIgnored']],
    [{ migrateState: true, verify: true }, 'State', false, ['VerifyIgnored']],
    [{ quiescePods: true, verify: true }, 'Final', true, []],
    [{ quiescePods: false }, 'Final', false, ['SourceNotQuiesced']],
  ])('of %j is a %s', async (spec, itinerary, halts, warnings) => {
    const summary = await freeze(await migrate(spec));
    expect(summary).toMatchObject({ itinerary, does: { halts }, warnings: warnings.map((type) => ({ type })) });
  });

  it('is refused with the conditions of a plan that is not Ready', async () => {
    clients.source = clusterOf('source', ...common('one'));
    expect(await refusal(await migrate())).toContain('PlanNotReady: NamespaceNotFoundOnSourceCluster: ');
  });

  it('is tried again when a cluster does not answer just now', async () => {
    const run = await migrate();
    const details = { code: 0, reason: 'ECONNRESET', cluster: 'source', verb: 'list', path: '/' };
    const away = new KubernetesApiError('list Pods on cluster "source" failed: the connection broke', details);
    const client = clients.source as ClusterClient;
    const { list } = client;
    client.list = () => Promise.reject(away);
    await expect(freeze(run)).rejects.toBe(away);
    client.list = list;
    expect(await freeze(run)).toMatchObject({ itinerary: 'Final' });
  });

  it('is refused without its plan', async () => {
    expect(await refusal(await migrate({ migPlanRef: { name: 'unknown' } }))).toContain('InvalidPlanRef');
    expect(await refusal(await migrate({ migPlanRef: undefined }))).toContain('InvalidPlanRef');
  });

  it('is refused once the application has moved', async () => {
    const cutover = await migrate({ quiescePods: true });
    await freeze(cutover);
    await runs.recordFacts({ run: cutover, facts: { commitPoint: '2026-01-01T00:00:00Z' } });
    expect(await refusal(await migrate({ stage: true }))).toContain(`HasFinalMigration: MigMigration ${cutover.name}`);
    const { namespace, name } = cutover;
    await runs.setRunState({ run: cutover, state: 'Succeeded', itinerary: 'Final' });
    await runs.finishRun({ run: cutover });
    await temporary.store.resources.remove({ kind: 'MigMigration', namespace, name }, { actor: SYSTEM_ACTOR });
    expect(await get('MigMigration', name)).toBeUndefined();
    expect(await refusal(await migrate({ stage: true }))).toContain(`HasFinalMigration: MigMigration ${name}`);
  });

  it('is refused for a migration made again under the same name', async () => {
    const run = await migrate();
    expect(await refusal({ ...run, uid: '00000000-0000-0000-0000-000000000000' })).toContain('gone');
  });
});

describe('a retry', () => {
  const second = (run: RunRef): RunRef => ({ ...run, attempt: 2 });
  const commitPoint = (run: RunRef, facts: RunFacts = {}) =>
    runs.recordFacts({ run, facts: { commitPoint: '2026-01-01T00:00:00Z', quiesceOwed: true, ...facts } });
  const commit = async (run: RunRef, facts: RunFacts = {}) => {
    await freeze(run);
    await commitPoint(run, facts);
    await runs.setRunState({ run, state: 'Failed', itinerary: 'Failed' });
  };
  /** A rollback of the plan, as its record tells of it. */
  const rollBack = async (state: 'Running' | 'Succeeded' | 'Canceled') => {
    const ref = await migrate({ rollback: true });
    const plan = await get('MigPlan', 'plan');
    const record = { itinerary: 'Rollback', plan: { uid: plan?.metadata.uid } } as RunRecord;
    await temporary.store.runs.freeze({ ref, itinerary: 'Rollback', state: 'Running', workflowId: 'r' }, record);
    await temporary.store.runs.setState(ref, state);
  };

  it('before the commit point begins from the beginning with the plan as it is now', async () => {
    const run = await migrate({ quiescePods: true });
    await freeze(run);
    await runs.recordFacts({ run, facts: { quiesceOwed: true } });
    clients.source = clusterOf('source', ...common('one'), cluster('v1', 'Namespace', 'shop'));
    expect(await freeze(second(run))).toMatchObject({ ref: { attempt: 2 }, volumes: [] });
    expect(await runs.readRun({ run: second(run) })).toMatchObject({ facts: {}, state: 'Running' });
  });

  it('behind the commit point is refused while a run of another plan works where this one has moved the application', async () => {
    const run = await migrate({ quiescePods: true });
    await commit(run);
    const { target, namespaces } = await temporary.store.runs.record(run);
    const other = await migrate();
    const place = { clusterUid: target.clusterUid, namespace: namespaces[0]?.target ?? '', side: 'target' as const };
    const lock = { plan: 'another', places: [place] };
    expect(await temporary.store.runs.takePlan('another-uid', other, 'cutover', lock)).toMatchObject({ held: true });
    expect(await refusal(second(run))).toContain('PlanConflict');
    await temporary.store.runs.releasePlan('another-uid', other);
    expect((await freeze(second(run))).resume).toBeDefined();
  });

  it('finds no commit point that was recorded after the unwind had begun', async () => {
    const run = await migrate({ quiescePods: true });
    await freeze(run);
    await runs.setRunState({ run, state: 'Unwinding', itinerary: 'Failed' });
    await expect(commitPoint(run)).rejects.toThrow(/came too late/);
    await runs.setRunState({ run, state: 'Failed', itinerary: 'Failed' });
    await expect(commitPoint(run)).rejects.toThrow(/came too late/);
    expect((await freeze(second(run))).resume).toBeUndefined();
  });

  it('after it continues with the record and the facts of the attempt before', async () => {
    const run = await migrate({ quiescePods: true });
    await commit(run, { backup: 'b-initial', 'hookDone/PreBackup': 1, errors: ['why'] });
    await runs.setRunState({ run, state: 'Failed', itinerary: 'Failed', status: { phase: 'Completed' } });
    clients.source = clusterOf('source', ...common('one'));
    const summary = await freeze(second(run));
    expect(summary).toMatchObject({
      ref: { attempt: 2 },
      volumes: [{ id: 'shop/data' }],
      resume: { backup: 'b-initial' },
    });
    expect(await freeze(second(run))).toEqual(summary);
    const facts = {
      commitPoint: '2026-01-01T00:00:00Z',
      quiesceOwed: true,
      backup: 'b-initial',
      'hookDone/PreBackup': 1,
    };
    expect(await runs.readRun({ run: second(run) })).toMatchObject({ facts, state: 'Running' });
    expect(await freeze({ ...run, attempt: 4 })).toMatchObject({
      ref: { attempt: 4 },
      resume: { backup: 'b-initial' },
    });
  });

  it('knows the Backup by its name where it was not recorded', async () => {
    const run = await migrate({ quiescePods: true });
    await commit(run);
    expect((await freeze(second(run))).resume?.backup).toMatch(new RegExp(`^${run.name}-[0-9a-f]{8}-initial$`));
  });

  it('begins from the beginning once the plan was rolled back, and not while a rollback runs', async () => {
    const run = await migrate({ quiescePods: true });
    await commit(run);
    await rollBack('Canceled');
    expect((await freeze(second(run))).resume).toBeDefined();
    await rollBack('Running');
    expect(await refusal({ ...run, attempt: 3 })).toContain('has begun to take the application back');
    await rollBack('Succeeded');
    const summary = await freeze({ ...run, attempt: 3 });
    expect(summary.resume).toBeUndefined();
    expect(await runs.readRun({ run: { ...run, attempt: 3 } })).toMatchObject({ facts: {} });
  });

  it('finds the errors of the attempt before in the history', async () => {
    const run = await migrate();
    const failed = { status: { errors: ['why'] } };
    await runs.writeStatus({ run, revision: 1, ...failed });
    await freeze(run);
    await runs.writeStatus({ run, revision: 2, ...failed });
    expect(await runs.readRun({ run })).toMatchObject({ facts: { errors: ['why'] } });
  });

  it('keeps its finalizer when the attempt before ends late', async () => {
    const run = await migrate();
    const key = { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: run.name };
    const retried = (object: KubeObject) => changeAnnotations(object, { [ANNOTATIONS.attempt]: '2' });
    await temporary.store.resources.update(key, retried, { actor: SYSTEM_ACTOR });
    await runs.finishRun({ run });
    expect((await get('MigMigration', run.name))?.metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
    await runs.finishRun({ run: second(run) });
    expect((await get('MigMigration', run.name))?.metadata.finalizers ?? []).toEqual([]);
  });
});

describe('the turn', () => {
  /** What the runs' workflows are told, by workflow id. */
  const told: Record<string, string[]> = {};
  const client = {
    withAbortSignal: <Result>(_: AbortSignal, work: () => Promise<Result>) => work(),
    workflow: {
      getHandle: (id: string) => ({
        signal: async (_: unknown, message: string) => {
          told[id] = [...(told[id] ?? []), message];
        },
      }),
    },
  } as unknown as Client;
  const toldTo = (run: RunRef): string[] => told[migrationWorkflowId(run)] ?? [];
  const take = (run: RunRef, environment = new MockActivityEnvironment({}, { client })) => ({
    environment,
    done: environment.run(runs.waitForTurn, { run }),
  });

  it('goes to one run at a time', async () => {
    const [first, second] = [await migrate(), await migrate()];
    await take(first).done;
    const waiting = take(second);
    let turned = false;
    void waiting.done.then(() => {
      turned = true;
    });
    await expect
      .poll(() => toldTo(second))
      .toEqual([expect.stringContaining(`which ${first.namespace}/${first.name} holds`)]);
    expect(turned).toBe(false);
    await runs.finishRun({ run: first });
    await waiting.done;
    await runs.finishRun({ run: second });
  });

  it('is given up by a run that is canceled while it waits', async () => {
    const [first, second, third] = [await migrate(), await migrate(), await migrate()];
    await take(first).done;
    const waiting = take(second);
    await expect.poll(() => toldTo(second)).toHaveLength(1);
    waiting.environment.cancel();
    await expect(waiting.done).rejects.toThrow('CANCELLED');
    await runs.finishRun({ run: second });
    await runs.finishRun({ run: first });
    await take(third).done;
    await runs.finishRun({ run: third });
  });
});

describe('the status', () => {
  const write = (run: RunRef, revision: number, ...findings: ConditionFinding[]) =>
    runs.writeStatus({ run, revision, status: { phase: `revision ${revision}`, ...conditions(...findings) } });
  const running = (message: string, reason = 'Prepare'): ConditionFinding => ({
    type: 'Running',
    category: CATEGORY.Advisory,
    reason,
    message,
  });

  it('is written in order, and its conditions are told once', async () => {
    const run = await migrate();
    await write(run, 1, running('Step: 1/6'));
    await write(run, 3, running('Step: 2/6'), { type: 'HelpersLeft', category: CATEGORY.Warn, message: 'slow' });
    await write(run, 2, running('Step: 9/6', 'Late'));
    expect((await get('MigMigration', run.name))?.status.phase).toBe('revision 3');
    const events = (await eventsAbout(run.name)).map(({ type, reason, count }) => [type, reason, count]);
    expect(events.sort()).toEqual([
      ['Normal', 'Running', 1],
      ['Warning', 'HelpersLeft', 1],
    ]);
  });

  it('keeps the steps that began in the history', async () => {
    const run = await migrate();
    const pipeline = [
      { name: 'Prepare', message: 'Completed', started: '2026-01-01T00:00:00Z', completed: '2026-01-01T00:00:02Z' },
      { name: 'Backup', message: 'Backing up', started: '2026-01-01T00:00:02Z' },
      { name: 'Restore', message: 'Not started' },
    ];
    await runs.writeStatus({ run, revision: 1, status: { pipeline } });
    expect((await temporary.store.runs.steps(run)).map(({ name, state }) => [name, state])).toEqual([
      ['Prepare', 'Completed'],
      ['Backup', 'Running'],
    ]);
  });

  it('of a migration that is gone is dropped', async () => {
    const run = await migrate();
    await write({ ...run, uid: 'another' }, 1, running('Step: 1/6'));
    expect((await get('MigMigration', run.name))?.status).toBeUndefined();
  });
});

describe('the end', () => {
  it('lets go of the migration object, however often', async () => {
    const run = await migrate();
    expect((await get('MigMigration', run.name))?.metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
    await runs.finishRun({ run });
    expect((await get('MigMigration', run.name))?.metadata.finalizers ?? []).toEqual([]);
    await temporary.store.resources.remove(
      { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: run.name },
      { actor: SYSTEM_ACTOR },
    );
    await runs.finishRun({ run });
  });
});
