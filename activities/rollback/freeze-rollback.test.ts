import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_FINALIZER, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunItinerary, RunRecord, RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { createRollbackActivities } from './index.js';

const namespace = MIGRATION_NAMESPACE;
let temporary: TemporaryStore;
let activities: ReturnType<typeof createRollbackActivities>;
/** uid of kube-system by MigCluster. */
let clusterUids: Record<string, string>;
let plan: KubeObject;
let number = 0;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  const clusters = {
    connect: async ({ name }: { name: string }) => {
      const metadata = { name: 'kube-system', uid: clusterUids[name] };
      return new FakeCluster(name, { apiVersion: 'v1', kind: 'Namespace', metadata }).client;
    },
    close: async () => undefined,
  };
  activities = createRollbackActivities({ store: temporary.store, clusters, logger: pino({ level: 'silent' }) });
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  clusterUids = { source: 'one', target: 'two', other: 'three' };
  for (const kind of ['MigMigration', 'MigPlan', 'MigCluster']) {
    for (const { metadata } of (await temporary.store.resources.list({ kind })).items) {
      await edit(kind, metadata.name, (object) => ({ ...object, metadata: { ...object.metadata, finalizers: [] } }));
      await remove(kind, metadata.name);
    }
  }
  for (const name of ['source', 'target', 'other']) await put('MigCluster', name, { isHostCluster: true });
  plan = await put('MigPlan', 'plan', {
    srcMigClusterRef: { name: 'source' },
    destMigClusterRef: { name: 'target' },
    namespaces: ['shop:store'],
  });
});

const key = (kind: string, name: string) => ({ kind, namespace, name });
const put = (kind: string, name: string, spec: object): Promise<KubeObject> => {
  const metadata = { namespace, name, finalizers: findKind(kind)?.finalizers };
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, metadata };
  return temporary.store.resources.create(
    { ...object, spec: findKind(kind)?.spec?.parse(spec) },
    { actor: SYSTEM_ACTOR },
  );
};
const edit = (kind: string, name: string, change: (object: KubeObject) => KubeObject) =>
  temporary.store.resources.update(key(kind, name), change, { actor: SYSTEM_ACTOR });
const remove = (kind: string, name: string) =>
  temporary.store.resources.remove(key(kind, name), { actor: SYSTEM_ACTOR });

async function migrate(spec: object): Promise<RunRef> {
  const { metadata } = await put('MigMigration', `m-${++number}`, { migPlanRef: { name: 'plan' }, ...spec });
  return { kind: 'MigMigration', namespace, name: metadata.name, uid: metadata.uid ?? '', attempt: 1 };
}

const place = (name: string, clusterUid: string) => ({ namespace, name, uid: `uid-of-${name}`, clusterUid, minor: 36 });

/** A run of the plan that has ended. */
async function ran(
  itinerary: RunItinerary,
  overrides: Partial<RunRecord>,
  { committed = false, state = 'Failed' as 'Failed' | 'Succeeded' } = {},
): Promise<RunRef> {
  const ref: RunRef = { kind: 'MigMigration', namespace, name: `ran-${++number}`, uid: `ran-${number}`, attempt: 1 };
  const record = runRecord({
    migration: { kind: 'MigMigration', namespace, name: ref.name, uid: ref.uid },
    plan: { namespace, name: 'plan', uid: plan.metadata.uid ?? '' },
    itinerary,
    source: place('source', 'one'),
    target: place('target', 'two'),
    ...overrides,
  });
  const { runs } = temporary.store;
  await runs.freeze({ ref, itinerary, state: 'Running', workflowId: ref.name }, record);
  if (committed) await runs.addFacts(ref, { commitPoint: 'now' });
  await runs.setState(ref, state);
  return ref;
}
const between = (source: string, target = source) => ({ namespaces: [{ source, target }] });
const copied = (namespace: string, claim: string, target = claim) =>
  runVolume({ namespace, claim }, { namespace, claim: target });

async function freeze(run?: RunRef) {
  const rollback = run ?? (await migrate({ rollback: true }));
  const summary = await activities.freezeRollback({ run: rollback, workflowId: rollback.name });
  return { run: rollback, summary, record: await temporary.store.runs.record(rollback) };
}
const refusal = async (): Promise<string> => {
  const error: unknown = await freeze().catch((failure: unknown) => failure);
  if (error instanceof StepFailure) return `${error.report.type}: ${error.report.why}`;
  throw error;
};

describe('cancelOtherMigrations', () => {
  const canceled = async (name: string) =>
    (await temporary.store.resources.get(key('MigMigration', name)))?.spec.canceled;

  it('cancels what is unfinished, and neither itself nor another rollback', async () => {
    const [running, ended, other] = [
      await migrate({}),
      await migrate({ stage: true }),
      await migrate({ rollback: true }),
    ];
    await edit('MigMigration', ended.name, (object) => ({
      ...object,
      metadata: { ...object.metadata, finalizers: [] },
    }));
    await put('MigMigration', `m-${++number}`, { migPlanRef: { name: 'another' } });
    const run = await migrate({ rollback: true });
    const asked = { asked: [`${namespace}/${running.name}`] };
    expect(await activities.cancelOtherMigrations({ run })).toEqual(asked);
    expect(await activities.cancelOtherMigrations({ run })).toEqual(asked);
    const states = await Promise.all([running, ended, other, run].map(({ name }) => canceled(name)));
    expect(states).toEqual([true, false, false, false]);
    expect(await canceled(`m-${number - 1}`)).toBe(false);
    const { metadata } = (await temporary.store.resources.get(key('MigMigration', running.name))) as KubeObject;
    expect(metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
  });

  it('is refused when the plan is gone', async () => {
    const run = await migrate({ rollback: true });
    await remove('MigPlan', 'plan');
    await expect(activities.cancelOtherMigrations({ run })).rejects.toThrow('there is no MigPlan');
  });
});

describe('freezing a rollback', () => {
  it('is refused while a run of another plan works where runs of this one were, whatever the plan says by now', async () => {
    await ran('Final', between('mail'), { committed: true, state: 'Succeeded' });
    const { runs } = temporary.store;
    const other = await migrate({});
    const places = [{ clusterUid: 'two', namespace: 'mail', side: 'target' as const }];
    await runs.takePlan('another-uid', other, 'cutover', { plan: 'another', places });
    expect(await refusal()).toMatch(/PlanConflict: .*, a migration of MigPlan another, works on namespace mail/);
    await runs.releasePlan('another-uid', other);
    expect((await freeze()).record.namespaces).toContainEqual({ source: 'mail', target: 'mail' });
  });

  it('needs no Ready plan, nor any run of it', async () => {
    const { summary, record, run } = await freeze();
    expect(summary).toMatchObject({
      itinerary: 'Rollback',
      does: { halts: false },
      title: 'shop → store: source → target',
    });
    expect(summary.converted).toBeUndefined();
    expect(record).toMatchObject({
      ...between('shop', 'store'),
      source: { name: 'source', clusterUid: 'one' },
      target: { name: 'target', clusterUid: 'two', minor: 36 },
      volumes: [],
    });
    const migration = await temporary.store.resources.get(key('MigMigration', run.name));
    expect(migration?.metadata.ownerReferences).toMatchObject([{ kind: 'MigPlan', name: 'plan' }]);
  });

  it('is about all runs since the last successful rollback, whatever the plan says by now', async () => {
    await ran('Final', { ...between('ancient'), volumes: [copied('ancient', 'a')] }, { committed: true });
    await ran('Rollback', between('ancient'), { state: 'Succeeded' });
    await ran('Stage', { ...between('shop', 'first'), volumes: [copied('shop', 'data', 'first')] });
    await ran('Rollback', between('of-a-failed-rollback'));
    await ran('State', { ...between('mail'), sharedNamespaces: ['mail'], volumes: [copied('shop', 'data', 'second')] });
    const { record } = await freeze();
    expect(record.namespaces).toEqual([
      { source: 'shop', target: 'first' },
      { source: 'mail', target: 'mail' },
      { source: 'shop', target: 'store' },
    ]);
    expect(record.sharedNamespaces).toEqual(['mail']);
    expect(record.volumes.map(({ id, target }) => [id, target.claim])).toEqual([['shop/data', 'second']]);
  });

  it('takes the claims of the run that passed its commit point, and halts what a conversion moved to them', async () => {
    const labelSelector = { matchLabels: { app: 'shop' } };
    const converted = { ...between('shop'), labelSelector, volumes: [copied('shop', 'data', 'new')] };
    await ran('Conversion', converted, { committed: true });
    await ran('Conversion', { ...between('shop'), volumes: [copied('shop', 'data', 'later')] });
    const { summary, record } = await freeze();
    expect(summary).toMatchObject({ converted: true, does: { halts: true } });
    expect(record).toMatchObject({ converted: true, labelSelector, volumes: [{ target: { claim: 'new' } }] });
  });

  it.each([
    ['was not committed', async () => void (await ran('Conversion', between('shop')))],
    [
      'was taken back',
      async () => {
        await ran('Conversion', between('shop'), { committed: true });
        await ran('Rollback', between('shop'), { state: 'Succeeded' });
      },
    ],
  ])('halts nothing on the source for a conversion that %s', async (_, before) => {
    await before();
    expect((await freeze()).summary).toMatchObject({ does: { halts: false } });
    expect((await freeze()).summary.converted).toBeUndefined();
  });

  it('works on the clusters of the newest run, not on those the plan names by now', async () => {
    await ran('Final', between('shop'));
    await edit('MigPlan', 'plan', (object) => ({
      ...object,
      spec: { ...object.spec, destMigClusterRef: { namespace, name: 'other' } },
    }));
    expect((await freeze()).record.target).toMatchObject({ name: 'target', clusterUid: 'two' });
  });

  it('is not touched by what changes afterwards', async () => {
    const first = await freeze();
    await ran('Final', between('later'));
    expect((await freeze(first.run)).record).toEqual(first.record);
  });

  it.each([
    ['a MigCluster of the plan is gone', () => remove('MigCluster', 'target'), /spec\.destMigClusterRef of the plan/],
    [
      'a MigCluster of the newest run is gone',
      async () => {
        await ran('Final', between('shop'));
        await remove('MigCluster', 'source');
      },
      /There is no MigCluster openshift-migration\/source, which the newest run/,
    ],
    [
      'a MigCluster is another cluster now',
      async () => {
        await ran('Final', between('shop'));
        clusterUids.target = 'another';
      },
      /MigCluster openshift-migration\/target is another cluster/,
    ],
    [
      'no cluster is named',
      () => edit('MigPlan', 'plan', ({ spec: { srcMigClusterRef: _, ...spec }, ...object }) => ({ ...object, spec })),
      /spec\.srcMigClusterRef of MigPlan plan is not set/,
    ],
    ['the plan is gone', () => remove('MigPlan', 'plan'), /there is no MigPlan/],
  ])('is refused when %s', async (_, change, why) => {
    await change();
    const said = await refusal();
    expect(said).toMatch(/^PlanNotReady: /);
    expect(said).toMatch(why);
  });
});
