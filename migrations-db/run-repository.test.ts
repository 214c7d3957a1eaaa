import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord, RunRef } from '../resources/run/run-record.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import type { MigrationStore, QueuedKind, VolumeTransferRow } from './migration-store.js';

const namespace = 'openshift-migration';
let temporary: TemporaryStore;
let store: MigrationStore;
let ref: RunRef;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

beforeEach(() => {
  ref = { kind: 'MigMigration', namespace, name: 'm', uid: randomUUID(), attempt: 1 };
});

const record = (title: string) => ({ migration: { title } }) as unknown as RunRecord;
const freeze = (title: string) =>
  store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: 'migration/m' }, record(title));

describe('a run', () => {
  it('is frozen once: the first record stays, whoever repeats', async () => {
    const records = await Promise.all(['a', 'b', 'c'].map(freeze));
    expect(new Set(records.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await store.runs.record(ref)).toEqual(records[0]);
    expect(await store.runs.get(ref)).toMatchObject({ ref, itinerary: 'Final', state: 'Running', facts: {} });
    expect(await store.runs.get({ ...ref, attempt: 2 })).toBeUndefined();
  });

  it('is of the kind that is run, in the list of its plan as well', async () => {
    const run: RunRef = { ...ref, kind: 'DirectVolumeMigration', uid: randomUUID() };
    const record = { plan: { uid: run.uid } } as unknown as RunRecord;
    await store.runs.freeze({ ref: run, itinerary: 'Stage', state: 'Running', workflowId: 'w' }, record);
    expect((await store.runs.get(run))?.ref).toEqual(run);
    expect((await store.runs.ofPlan(run.uid)).map((found) => found.ref)).toEqual([run]);
  });

  it('gathers facts side by side', async () => {
    await freeze('a');
    await Promise.all([store.runs.addFacts(ref, { backup: 'first' }), store.runs.addFacts(ref, { errors: ['why'] })]);
    await store.runs.addFacts(ref, { backup: 'second' });
    expect((await store.runs.get(ref))?.facts).toEqual({ backup: 'second', errors: ['why'] });
  });

  it('is open until it ends, and then stays ended', async () => {
    await freeze('a');
    await store.runs.setState(ref, 'Unwinding');
    const isOpen = async () => (await store.runs.get(ref))?.endedAt === undefined;
    expect(await isOpen()).toBe(true);
    await store.runs.setState(ref, 'Failed');
    expect(await isOpen()).toBe(false);
    await store.runs.setState(ref, 'Running');
    expect(await store.runs.get(ref)).toMatchObject({ state: 'Failed', endedAt: expect.stringMatching(/Z$/) });
  });

  it('records the facts of its end with it, and those of no later one', async () => {
    await freeze('a');
    await store.runs.addFacts(ref, { quiesceOwed: true });
    await store.runs.setState(ref, 'Succeeded', { endStatus: { phase: 'Completed' } });
    await store.runs.setState(ref, 'Failed', { endStatus: { phase: 'Failed' } });
    expect(await store.runs.get(ref)).toMatchObject({
      state: 'Succeeded',
      facts: { quiesceOwed: true, endStatus: { phase: 'Completed' } },
    });
  });

  it('that was never frozen has no record and takes no facts; its state is nowhere to be set', async () => {
    await expect(store.runs.record(ref)).rejects.toMatchObject({ reason: 'NotFound' });
    await expect(store.runs.addFacts(ref, { quiesceOwed: true })).rejects.toMatchObject({ reason: 'NotFound' });
    await store.runs.setState(ref, 'Failed');
    expect(await store.runs.get(ref)).toBeUndefined();
  });

  it('takes facts that an unwind must see only while it runs', async () => {
    const row = { ref: { ...ref, uid: randomUUID() }, itinerary: 'Final', state: 'Running', workflowId: 'w' } as const;
    expect(await store.runs.addFactsWhileRunning(row.ref, { commitPoint: 'now' })).toBe(false);
    expect(await store.runs.isRunning(row.ref)).toBe(false);
    await store.runs.freeze(row, {} as RunRecord);
    expect(await store.runs.isRunning(row.ref)).toBe(true);
    expect(await store.runs.addFactsWhileRunning(row.ref, { quiesceOwed: true })).toBe(true);
    await store.runs.setState(row.ref, 'Unwinding');
    expect(await store.runs.addFactsWhileRunning(row.ref, { commitPoint: 'now' })).toBe(false);
    expect(await store.runs.isRunning(row.ref)).toBe(false);
    expect((await store.runs.get(row.ref))?.facts).toEqual({ quiesceOwed: true });
  });

  it('remembers its steps in order, and when each began', async () => {
    await store.runs.recordStep(ref, { name: 'Prepare', state: 'Running', startedAt: '2026-01-01T00:00:00.000Z' });
    await store.runs.recordStep(ref, { name: 'Backup', state: 'Running' });
    await store.runs.recordStep(ref, {
      name: 'Prepare',
      state: 'Completed',
      message: 'done',
      endedAt: '2026-01-01T00:00:09.500Z',
    });
    expect(await store.runs.steps(ref)).toEqual([
      {
        name: 'Prepare',
        state: 'Completed',
        message: 'done',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: '2026-01-01T00:00:09.500Z',
      },
      { name: 'Backup', state: 'Running' },
    ]);
  });

  it('keeps the newest of its log', async () => {
    await temporary.sql(
      `INSERT INTO run_logs (uid, attempt, at, source, text)
       SELECT $1, 1, now() - interval '1 hour' + n * interval '1 ms', 'pod', 'line ' || n FROM generate_series(1, 5000) n`,
      [ref.uid],
    );
    const at = new Date().toISOString();
    await store.runs.appendLog(ref, { at, source: 'pod', text: `nul \u0000 ${'x'.repeat(100_000)} the end` });
    const log = await store.runs.log(ref);
    expect(log).toHaveLength(5000);
    expect(log[0]?.text).toBe('line 2');
    expect(log.at(-1)).toMatchObject({ at, source: 'pod', text: expect.stringMatching(/^x{30000,40000} the end$/) });
  });

  it('records each object it made once', async () => {
    const object = { cluster: 'target', apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: 'u-1' };
    await store.runs.recordCreated(ref, [object, { ...object, namespace: undefined, kind: 'Namespace', uid: 'u-2' }]);
    await store.runs.recordCreated(ref, [object]);
    await store.runs.recordCreated(ref, []);
    const rows = await temporary.sql('SELECT kind, namespace FROM created_objects WHERE run_uid = $1 ORDER BY kind', [
      ref.uid,
    ]);
    expect(rows).toEqual([
      { kind: 'Namespace', namespace: '' },
      { kind: 'Service', namespace: 'shop' },
    ]);
  });
});

describe('the runs of a plan', () => {
  const planUid = randomUUID();
  const frozen = async (name: string, attempt = 1, plan = planUid): Promise<RunRef> => {
    const run: RunRef = { kind: 'MigMigration', namespace, name, uid: `${name}-${plan}`, attempt };
    const target = { name: 'target', clusterUid: 'kube-system-uid' };
    const own = { plan: { uid: plan }, target } as unknown as RunRecord;
    await store.runs.freeze({ ref: run, itinerary: 'Final', state: 'Running', workflowId: name }, own);
    return run;
  };
  const object = (uid: string, name = uid) => ({
    cluster: 'c',
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: 's',
    name,
    uid,
  });

  it('are all their attempts, in order, without their records', async () => {
    const runs = [await frozen('first'), await frozen('second'), await frozen('second', 2)];
    await frozen('foreign', 1, randomUUID());
    await store.runs.addFacts(runs[2] as RunRef, { commitPoint: 'now' });
    const found = await store.runs.ofPlan(planUid);
    expect(found.map(({ ref: { name, attempt } }) => [name, attempt])).toEqual([
      ['first', 1],
      ['second', 1],
      ['second', 2],
    ]);
    expect(found[2]).toMatchObject({ itinerary: 'Final', state: 'Running', facts: { commitPoint: 'now' } });
    expect(found.filter((run) => 'record' in run && run.record !== undefined)).toEqual([]);
    expect(await store.runs.ofPlan(randomUUID())).toEqual([]);
  });

  it('made objects: each is listed once, whichever of them recorded it, until it is forgotten', async () => {
    const [first, second, foreign] = [
      await frozen('first'),
      await frozen('second', 2),
      await frozen('foreign', 1, randomUUID()),
    ];
    await store.runs.recordCreated(first, [object('u-1'), { ...object('u-2'), namespace: undefined }]);
    await store.runs.recordCreated(second, [object('u-1'), object('u-3', 'u-1')]);
    await store.runs.recordCreated(foreign, [object('u-4'), object('u-3')]);
    const place = { clusterName: 'target', clusterUid: 'kube-system-uid' };
    const { namespace: _, ...clusterScoped } = object('u-2');
    expect(await store.runs.createdBy(planUid)).toEqual([
      { ...clusterScoped, ...place },
      { ...object('u-1'), ...place },
      { ...object('u-3', 'u-1'), ...place },
    ]);
    await store.runs.forgetCreated(planUid, ['u-1', 'u-3', 'u-9']);
    expect((await store.runs.createdBy(planUid)).map(({ uid }) => uid)).toEqual(['u-2']);
    await store.runs.forgetCreated(planUid, []);
    const others = await temporary.sql('SELECT object_uid FROM created_objects WHERE run_uid = $1', [foreign.uid]);
    expect(others).toHaveLength(2);
  });
});

describe('a volume transfer', () => {
  const transfer = (changes: Partial<VolumeTransferRow>): VolumeTransferRow => ({
    ref,
    volumeId: 'shop/data',
    pass: 'final',
    phase: 'Running',
    totalBytes: 2 ** 40,
    doneBytes: 1024.4,
    sentBytes: 512,
    files: 3,
    filesTotal: 10,
    rate: 1.5,
    attempt: 1,
    ...changes,
  });
  const stored = async () => (await store.runs.transfers(ref))[0];

  it('is read as it was written', async () => {
    const row = transfer({
      doneBytes: 1024,
      etaSeconds: 12.5,
      podName: 'p',
      startedAt: '2026-01-01T00:00:00.000Z',
      message: 'm',
    });
    await store.runs.saveTransfers([row]);
    await store.runs.saveTransfers([{ ...row, pass: 'pre-copy' }]);
    expect(await store.runs.transfers(ref)).toEqual([{ ...row, pass: 'pre-copy' }, row]);
  });

  it('takes fractions of bytes', async () => {
    await store.runs.saveTransfers([transfer({})]);
    expect((await stored())?.doneBytes).toBe(1024);
  });

  it('does not go back when progress comes late', async () => {
    await store.runs.saveTransfers([transfer({ phase: 'Succeeded' })]);
    await store.runs.saveTransfers([transfer({ phase: 'Running' })]);
    expect((await stored())?.phase).toBe('Succeeded');
    await store.runs.saveTransfers([transfer({ phase: 'Running', attempt: 2 })]);
    await store.runs.saveTransfers([transfer({ phase: 'Failed', attempt: 1 })]);
    expect(await stored()).toMatchObject({ phase: 'Running', attempt: 2 });
  });
});

describe('the queue of a plan', () => {
  let planUid: string;
  beforeEach(() => {
    planUid = randomUUID();
  });

  const migration = async (name: string): Promise<RunRef> => {
    const object = {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigMigration',
      metadata: { name, namespace },
    };
    const { metadata } = await store.resources.create(object, { actor: { name: 'alice' } });
    return { kind: 'MigMigration', namespace, name, uid: metadata.uid ?? '', attempt: 1 };
  };
  const take = (run: RunRef, kind: QueuedKind = 'cutover') => store.runs.takePlan(planUid, run, kind);

  it('has one place: first in, first out, stages first', async () => {
    const [first, second, stage] = await Promise.all(
      ['q-1', 'q-2', 'q-stage'].map(migration) as [Promise<RunRef>, Promise<RunRef>, Promise<RunRef>],
    );
    expect(await take(first)).toEqual({ held: true, position: 0 });
    expect(await take(second)).toEqual({ held: false, holder: `${namespace}/q-1`, position: 1 });
    expect(await take(stage, 'stage')).toEqual({ held: false, holder: `${namespace}/q-1`, position: 1 });
    expect(await take(second)).toMatchObject({ held: false, position: 2 });
    expect(await take(first)).toEqual({ held: true, position: 0 });

    await store.runs.releasePlan(planUid, first);
    expect(await take(second)).toEqual({ held: false, holder: undefined, position: 1 });
    expect(await take(stage, 'stage')).toMatchObject({ held: true });
    await store.runs.releasePlan(planUid, stage);
    expect(await take(second)).toMatchObject({ held: true });
  });

  it('lets a rollback go before stages, but not before the one that runs', async () => {
    const [holder, stage, rollback] = [
      await migration('r-holder'),
      await migration('r-stage'),
      await migration('r-back'),
    ];
    await take(holder);
    await take(stage, 'stage');
    expect(await take(rollback, 'rollback')).toEqual({ held: false, holder: `${namespace}/r-holder`, position: 1 });
    await store.runs.releasePlan(planUid, holder);
    expect(await take(stage, 'stage')).toMatchObject({ held: false, position: 1 });
    expect(await take(rollback, 'rollback')).toMatchObject({ held: true });
  });

  it('lets one of many in that come at once', async () => {
    const runs = await Promise.all(Array.from({ length: 15 }, (_, index) => migration(`rush-${index}`)));
    const places = await Promise.all(runs.map((run) => take(run)));
    expect(places.filter(({ held }) => held)).toHaveLength(1);
    expect(places.map(({ position }) => position).sort((a, b) => a - b)).toEqual(runs.map((_, index) => index));
  });

  it('is of one plan: others run side by side', async () => {
    const [one, other] = [await migration('plan-1'), await migration('plan-2')];
    expect(await take(one)).toMatchObject({ held: true });
    expect(await store.runs.takePlan(randomUUID(), other, 'cutover')).toMatchObject({ held: true });
  });

  describe('with its namespaces', () => {
    const places = (clusterUid: string, ...names: string[]) =>
      names.map((name) => ({ clusterUid, namespace: name, side: 'source' as const }));

    it('is refused while a run of another plan works on one of them, in whatever role', async () => {
      const [one, other] = [await migration('lock-1'), await migration('lock-2')];
      const cluster = randomUUID();
      const theirs = { plan: `${namespace}/theirs`, places: places(cluster, 'shop', 'mail') };
      expect(await store.runs.takePlan(planUid, one, 'cutover', theirs)).toMatchObject({ held: true });
      const mine = {
        plan: `${namespace}/mine`,
        places: [{ clusterUid: cluster, namespace: 'mail', side: 'target' as const }],
      };
      const another = randomUUID();
      const conflict = { namespace: 'mail', plan: `${namespace}/theirs`, run: `${namespace}/lock-1` };
      expect(await store.runs.takePlan(another, other, 'cutover', mine)).toMatchObject({ held: false, conflict });
      expect(await store.runs.lockNamespaces(another, other, mine)).toEqual(conflict);
      await store.runs.releasePlan(planUid, one);
      expect(await store.runs.takePlan(another, other, 'cutover', mine)).toEqual({ held: true, position: 0 });
      await store.runs.releasePlan(another, other);
    });

    it('lets one of two in that come at once', async () => {
      const runs = await Promise.all(Array.from({ length: 6 }, (_, index) => migration(`lock-rush-${index}`)));
      const lock = { plan: 'p', places: places(randomUUID(), 'shop') };
      const turns = await Promise.all(runs.map((run) => store.runs.takePlan(randomUUID(), run, 'cutover', lock)));
      expect(turns.filter(({ held }) => held)).toHaveLength(1);
      expect(turns.filter(({ conflict }) => conflict)).toHaveLength(5);
    });

    it('changes them with what the run freezes, and leaves other clusters alone', async () => {
      const [one, other] = [await migration('lock-3'), await migration('lock-4')];
      const cluster = randomUUID();
      await store.runs.takePlan(planUid, one, 'cutover', { plan: 'p', places: places(cluster, 'shop') });
      expect(
        await store.runs.lockNamespaces(planUid, one, { plan: 'p', places: places(cluster, 'mail') }),
      ).toBeUndefined();
      const elsewhere = { plan: 'q', places: [...places(cluster, 'shop'), ...places(randomUUID(), 'mail')] };
      expect(await store.runs.takePlan(randomUUID(), other, 'cutover', elsewhere)).toMatchObject({ held: true });
    });
  });

  it('forgets who was deleted while waiting or gave up, but not who holds', async () => {
    const [holder, deleted, canceled, last] = [
      await migration('f-holder'),
      await migration('f-deleted'),
      await migration('f-canceled'),
      await migration('f-last'),
    ];
    for (const run of [holder, deleted, canceled, last]) {
      await take(run);
    }
    await store.resources.remove({ kind: 'MigMigration', namespace, name: 'f-deleted' }, { actor: { name: 'alice' } });
    await store.resources.remove({ kind: 'MigMigration', namespace, name: 'f-holder' }, { actor: { name: 'alice' } });
    await store.runs.releasePlan(planUid, canceled);
    expect(await take(last)).toEqual({ held: false, holder: `${namespace}/f-holder`, position: 1 });
    await store.runs.releasePlan(planUid, holder);
    expect(await take(last)).toMatchObject({ held: true });
  });

  it('keeps a retry in the place of the attempt before, whose late release does not take it away', async () => {
    const [run, other] = [await migration('r-run'), await migration('r-other')];
    await take(run);
    await take(other);
    expect(await take({ ...run, attempt: 2 })).toMatchObject({ held: true });
    await store.runs.releasePlan(planUid, run);
    expect(await take(other)).toMatchObject({ held: false });
    await store.runs.releasePlan(planUid, { ...run, attempt: 2 });
    expect(await take(other)).toMatchObject({ held: true });
  });
});
