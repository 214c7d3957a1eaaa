import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { MIGRATION_FINALIZER } from '../resources/meta/labels.js';
import { slownessFromNow } from '../test/kit/machine-share.js';
import { seedMigrations } from '../test/kit/postgres/seed-migrations.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { Database } from './database.js';
import type { ListQuery, MigrationStore } from './migration-store.js';
import { searchKeysOf } from './search-keys.js';
import { ownerlessRows, type ResourceRows, searchRows, selectRows } from './selection.js';

const actor = { name: 'alice' };
const LIMIT_MS = 50;

let temporary: TemporaryStore;
let store: MigrationStore;
let database: Database;
beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
  await seedMigrations(temporary, { plans: 2_000, migrations: 20_000, running: 7 });
  database = await Database.connect(temporary.databaseUrl);
});
afterAll(async () => {
  await database?.close();
  await temporary?.remove();
});

/** The best of several, of many while it is too much: what else the machine does is not what is measured. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 || (best >= LIMIT_MS && round < 40); round += 1) {
    const slow = slownessFromNow();
    const began = performance.now();
    await work();
    best = Math.min(best, (performance.now() - began) / slow());
  }
  return best;
}

const planOf = (make: (manager: EntityManager) => ResourceRows): Promise<string> =>
  database.run(async (manager) => {
    const [sql, parameters] = make(manager).getQueryAndParameters();
    const rows: { 'QUERY PLAN': string }[] = await manager.query(`EXPLAIN ${sql}`, parameters);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });

const kind = 'MigMigration';

describe('of 20,000 migrations', () => {
  it('the seed is stored as the store stores it', async () => {
    const [row] = await temporary.sql<{ object: KubeObject; keys: object }>(
      "SELECT object, keys FROM resources WHERE name = 'run-1'",
    );
    const keys = searchKeysOf(row?.object as KubeObject);
    expect({ ...row?.keys, labelNames: [...(keys.labelNames ?? [])].sort() }).toEqual({
      ...keys,
      labelNames: [...(keys.labelNames ?? [])].sort(),
    });
    expect(JSON.stringify(row?.object).length).toBeGreaterThan(4_000);
  });

  it.each<[string, Partial<ListQuery>, number]>([
    ['a label', { labelSelector: 'number=77' }, 1],
    ['a label that many have', { labelSelector: 'team=team-7' }, 200],
    ['one of some values', { labelSelector: 'number in (1,2,3),odd' }, 2],
    ['a label and not another', { labelSelector: 'team=team-8,!odd' }, 200],
    ['what all but one have', { labelSelector: 'number notin (5)', limit: 100 }, 100],
    ['a label that none has', { labelSelector: 'nothing' }, 0],
    ['every label there is', { labelSelector: '!team' }, 0],
    ['another value', { labelSelector: 'team!=team-7', limit: 100 }, 100],
    ['the name', { fieldSelector: 'metadata.name=run-19999' }, 1],
    ['the name in its namespace', { namespace: 'openshift-migration', fieldSelector: 'metadata.name=run-3' }, 1],
    ['another namespace', { fieldSelector: 'metadata.namespace=elsewhere' }, 0],
    ['a field of the kind', { fieldSelector: 'spec.migPlanRef.name=plan-11' }, 10],
    ['not a value of a field', { fieldSelector: 'spec.migPlanRef.name!=plan-11', limit: 100 }, 100],
    ['no value of a field', { fieldSelector: 'spec.migPlanRef.name=' }, 0],
    ['a field and a label', { fieldSelector: 'spec.migPlanRef.name=plan-11', labelSelector: 'number=2011' }, 1],
  ])('those with %s are listed within 50 ms', async (_, query, count) => {
    const list = () => store.resources.list({ kind, ...query });
    expect((await list()).items).toHaveLength(count);
    expect(await fastest(list)).toBeLessThan(LIMIT_MS);
  });

  it.each<[string, (manager: EntityManager) => ResourceRows]>([
    ['a label', (manager) => selectRows(manager, { kind, labelSelector: 'team=team-7' })],
    ['a set of values', (manager) => selectRows(manager, { kind, labelSelector: 'number in (1,2,3)' })],
    ['the presence of a label', (manager) => selectRows(manager, { kind, labelSelector: 'rare' })],
    ['a field', (manager) => selectRows(manager, { kind, fieldSelector: 'spec.migPlanRef.name=plan-11' })],
    ['a name', (manager) => selectRows(manager, { kind, fieldSelector: 'metadata.name=run-3' })],
    ['a page', (manager) => selectRows(manager, { kind }).limit(500)],
    ['an owner', (manager) => searchRows(manager, { owner: 'some-uid' })],
    ['a finalizer', (manager) => searchRows(manager, { kinds: [kind], finalizer: MIGRATION_FINALIZER })],
    ['what is deleted', (manager) => searchRows(manager, { finalizer: 'any/one', deleting: true })],
    ['what is due', (manager) => searchRows(manager, { kinds: ['MigPlan'], due: true })],
    ['objects without owners', (manager) => ownerlessRows(manager, '').limit(200)],
  ])('%s is found by an index', async (_, make) => {
    const plan = await planOf(make);
    expect(plan).toContain('Index');
    expect(plan).not.toContain('Seq Scan');
  });

  it('the unfinished are found without reading the others, within 50 ms', async () => {
    const find = () => store.resources.find({ kinds: [kind], finalizer: MIGRATION_FINALIZER });
    expect(await find()).toHaveLength(7);
    expect(await fastest(find)).toBeLessThan(LIMIT_MS);
  });

  it('who refers to a changed object is told without reading all who might', async () => {
    const named = (name: string, spec: object, of = 'MigPlan'): KubeObject => ({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: of,
      metadata: { name, namespace: 'openshift-migration' },
      spec,
    });
    const cluster = { namespace: 'openshift-migration', name: 'referred' };
    await store.resources.create(named('referring', { srcMigClusterRef: cluster }), { actor });
    await temporary.sql('DELETE FROM outbox');
    await store.resources.create(named('referred', {}, 'MigCluster'), { actor });
    const told = await temporary.sql("SELECT name FROM outbox WHERE change = 'referenced'");
    expect(told).toEqual([{ name: 'referring' }]);
  });
});
