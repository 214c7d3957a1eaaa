import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunFacts } from '../resources/run/facts.js';
import type { Itinerary, RunRecord, RunRef } from '../resources/run/run-record.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { Database } from './database.js';
import { removeOldHistory } from './history.js';
import type { MigrationStore } from './migration-store.js';

let temporary: TemporaryStore;
let store: MigrationStore;
let database: Database;
beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
  database = await Database.connect(temporary.databaseUrl);
});
afterAll(async () => {
  await database?.close();
  await temporary?.remove();
});

const namespace = 'openshift-migration';
const DAYS = 30;

async function plan(name: string): Promise<string> {
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigPlan', metadata: { name, namespace } };
  return (await store.resources.create(object, { actor: { name: 'alice' } })).metadata.uid ?? '';
}

interface Past {
  /** Days since it began; it ended at once. */
  days: number;
  itinerary?: Itinerary;
  facts?: RunFacts;
  open?: boolean;
  made?: boolean;
}

async function past(planUid: string, { days, itinerary = 'Stage', facts = {}, open, made }: Past): Promise<RunRef> {
  const ref: RunRef = { kind: 'MigMigration', namespace, name: `r-${days}`, uid: randomUUID(), attempt: 1 };
  const target = { namespace, name: 'target', uid: 't', clusterUid: 'c', minor: 36 };
  const record = { plan: { uid: planUid }, source: { ...target, name: 'source' }, target } as unknown as RunRecord;
  await store.runs.freeze({ ref, itinerary, state: 'Running', workflowId: 'w', facts }, record);
  await store.runs.recordStep(ref, { name: 'Prepare', state: 'Completed' });
  await store.runs.appendLog(ref, { at: new Date().toISOString(), source: 'pod', text: 'line' });
  const bytes = { totalBytes: 1, doneBytes: 1, sentBytes: 1, files: 1, filesTotal: 1, rate: 1 };
  await store.runs.saveTransfers([{ ref, volumeId: 'v', pass: 'final', phase: 'Succeeded', attempt: 1, ...bytes }]);
  if (made) {
    await store.runs.recordCreated(ref, [
      { cluster: 't', apiVersion: 'v1', kind: 'Secret', namespace: 's', name: 's', uid: randomUUID() },
    ]);
  }
  if (!open) await store.runs.setState(ref, 'Succeeded');
  await temporary.sql(
    `UPDATE runs SET started_at = now() - make_interval(days => $2),
       ended_at = ended_at - make_interval(days => $2) WHERE uid = $1`,
    [ref.uid, days],
  );
  return ref;
}

/** What there is of a run: everything, its outline, or nothing. */
async function left(ref: RunRef): Promise<string> {
  const run = await store.runs.get(ref);
  const details = [await store.runs.steps(ref), await store.runs.log(ref), await store.runs.transfers(ref)];
  const counts = details.map(({ length }) => length);
  if (run?.record && counts.every((count) => count === 1)) return 'all';
  if (counts.some((count) => count > 0)) return 'some';
  return run && !run.record ? 'outline' : 'nothing';
}

describe('the history of a plan', () => {
  it('keeps what is young, what runs, the newest run, and what a rollback needs', async () => {
    const uid = await plan('kept');
    const old = await past(uid, { days: 90 });
    const maker = await past(uid, { days: 80, made: true });
    const committed = await past(uid, { days: 70, itinerary: 'Final', facts: { commitPoint: 'then' } });
    const open = await past(uid, { days: 60, open: true });
    const young = await past(uid, { days: 10 });
    const newest = await past(uid, { days: 5 });
    await removeOldHistory(database, DAYS);
    expect(await Promise.all([old, maker, committed, open, young, newest].map(left))).toEqual([
      'outline',
      'all',
      'all',
      'all',
      'all',
      'all',
    ]);
    expect(await store.runs.ofPlan(uid)).toMatchObject([
      { ref: old, state: 'Succeeded', source: { name: 'source' }, target: { name: 'target' } },
      { ref: maker },
      { ref: committed },
      { ref: open },
      { ref: young },
      { ref: newest },
    ]);
    await expect(store.runs.record(old)).rejects.toMatchObject({ reason: 'NotFound' });
    expect(await store.runs.createdBy(uid)).toHaveLength(1);
  });

  it('lets go of a cutover that was rolled back, and keeps the newest run however old', async () => {
    const uid = await plan('rolled-back');
    const cutover = await past(uid, { days: 90, itinerary: 'Final', facts: { commitPoint: 'then' } });
    const rollback = await past(uid, { days: 80, itinerary: 'Rollback' });
    await removeOldHistory(database, DAYS);
    expect([await left(cutover), await left(rollback)]).toEqual(['outline', 'all']);
  });

  it('ends when plan and migration are gone', async () => {
    const uid = randomUUID();
    const old = await past(uid, { days: 90, made: true });
    const young = await past(uid, { days: 10 });
    await removeOldHistory(database, DAYS);
    expect([await left(old), await left(young)]).toEqual(['nothing', 'all']);
    expect(await temporary.sql('SELECT FROM created_objects WHERE run_uid = $1', [old.uid])).toEqual([]);
  });

  it('is looked through by index', async () => {
    await temporary.sql(
      `INSERT INTO runs (uid, attempt, kind, namespace, name, itinerary, state, workflow_id, plan_uid, ended_at)
       SELECT 'u' || n, 1, 'MigMigration', 'n', 'r', 'Stage', 'Succeeded', 'w', 'p' || n % 1000, now() FROM generate_series(1, 50000) n`,
    );
    await temporary.sql('ANALYZE runs');
    const queries = [
      "SELECT * FROM runs WHERE plan_uid = 'p7' ORDER BY started_at",
      'SELECT * FROM runs WHERE ended_at IS NULL ORDER BY uid, attempt',
      "SELECT * FROM runs WHERE ended_at < now() - interval '90 days' ORDER BY ended_at LIMIT 100",
    ];
    for (const query of queries) {
      const rows = await temporary.sql<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toContain('Seq Scan');
    }
    const began = performance.now();
    await removeOldHistory(database, DAYS);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
