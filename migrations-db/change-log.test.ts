import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { compactChanges } from './compaction.js';
import { Database } from './database.js';
import type { LoggedChange, MigrationStore } from './migration-store.js';

const namespace = 'openshift-migration';
const actor = { name: 'alice' };
let temporary: TemporaryStore;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

const plan = (name: string): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigPlan',
  metadata: { name, namespace },
  spec: { writes: 0 },
});
const addOne = (object: KubeObject): KubeObject => ({ ...object, spec: { writes: object.spec.writes + 1 } });

/** Follows the log as the API's watch does: from wake-up to wake-up, reading on from the last revision seen. */
async function follow(from: string, into: LoggedChange[], signal: AbortSignal): Promise<void> {
  let revision = from;
  while (!signal.aborted) {
    const changes = await store.resources.changesAfter(revision, { kind: 'MigPlan' }, 7);
    into.push(...changes);
    revision = changes.at(-1)?.revision ?? revision;
    if (changes.length === 0) {
      await sleep(1);
    }
  }
}

describe('the log', () => {
  it('shows a watcher each of 50 concurrent writers’ changes once and in the order of revisions', async () => {
    const others = await temporary.openAnother();
    const from = await store.resources.currentRevision();
    const seen: LoggedChange[] = [];
    const ended = new AbortController();
    const watcher = follow(from, seen, ended.signal);
    await store.resources.create(plan('shared'), { actor });
    const writers = Array.from({ length: 50 }, async (_, index) => {
      const { resources } = index % 2 ? store : others;
      const name = `plan-${index}`;
      await resources.create(plan(name), { actor });
      await resources.update({ kind: 'MigPlan', namespace, name: 'shared' }, addOne, { actor });
      await resources.update({ kind: 'MigPlan', namespace, name }, addOne, { actor });
      await resources.remove({ kind: 'MigPlan', namespace, name }, { actor });
    });
    await Promise.all(writers);
    await vi.waitFor(() => expect(seen).toHaveLength(201), { timeout: 10_000 });
    ended.abort();
    await watcher;

    const revisions = seen.map(({ revision }) => BigInt(revision));
    expect(revisions).toEqual([...revisions].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(revisions).size).toBe(201);
    for (const name of ['plan-0', 'plan-49']) {
      expect(seen.filter((change) => change.name === name).map(({ type }) => type)).toEqual([
        'ADDED',
        'MODIFIED',
        'DELETED',
      ]);
    }
    const writes = seen.filter(({ name }) => name === 'shared').map(({ object }) => object.spec.writes);
    expect(writes).toEqual(Array.from({ length: 51 }, (_, index) => index));
    expect(revisions.at(-1)).toBe(BigInt(await store.resources.currentRevision()));
  });

  it('gives lists that agree with it: a snapshot and the changes after it make the present', async () => {
    const names = ['x', 'y', 'z'];
    const writing = Promise.all(
      names.flatMap((name) => [
        store.resources.create(plan(name), { actor }),
        sleep(5).then(() => store.resources.remove({ kind: 'MigPlan', namespace, name }, { actor })),
      ]),
    );
    const snapshots = [];
    for (let round = 0; round < 10; round++) {
      snapshots.push(await store.resources.list({ kind: 'MigPlan', namespace }));
    }
    await writing;
    const present = await store.resources.list({ kind: 'MigPlan', namespace });
    for (const snapshot of snapshots) {
      const state = new Map(snapshot.items.map((object) => [object.metadata.name, object]));
      for (const change of await store.resources.changesAfter(snapshot.resourceVersion, { kind: 'MigPlan' }, 1000)) {
        change.type === 'DELETED' ? state.delete(change.name) : state.set(change.name, change.object);
      }
      expect([...state.keys()].sort()).toEqual(present.items.map(({ metadata }) => metadata.name));
    }
  });

  it('holds the state before, the state after, and who did it', async () => {
    const created = await store.resources.create(plan('audited'), { actor });
    const key = { kind: 'MigPlan', namespace, name: 'audited' };
    const updated = await store.resources.update(key, addOne, { actor: { name: 'bob' } });
    await store.resources.remove(key, { actor });
    const changes = await store.resources.changesAfter(created.metadata.resourceVersion ?? '', { namespace }, 10);
    expect(changes).toMatchObject([
      { type: 'MODIFIED', object: updated, previous: { spec: { writes: 0 } } },
      { type: 'DELETED', object: { spec: { writes: 1 } }, previous: { spec: { writes: 1 } } },
    ]);
    expect(changes.map(({ revision, object }) => revision === object.metadata.resourceVersion)).toEqual([true, true]);
    expect(
      await temporary.sql('SELECT actor, verb FROM changes WHERE name = $1 ORDER BY revision', ['audited']),
    ).toEqual([
      { actor: 'alice', verb: 'create' },
      { actor: 'bob', verb: 'update' },
      { actor: 'alice', verb: 'delete' },
    ]);
  });

  it('wakes listeners of every process', async () => {
    const another = await temporary.openAnother();
    const heard = vi.fn();
    const end = another.resources.onChange(heard);
    // The first call may be the connection's own; it comes once.
    await sleep(200);
    heard.mockClear();
    await store.resources.create(plan('noticed'), { actor });
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
    end();
    heard.mockClear();
    await store.resources.create(plan('unnoticed'), { actor });
    await sleep(100);
    expect(heard).not.toHaveBeenCalled();
  });

  it.each(['x', '-1', '1e3', ''])('refuses %j as a revision', async (revision) => {
    await expect(store.resources.changesAfter(revision, {}, 1)).rejects.toMatchObject({ reason: 'Invalid' });
  });

  it('says Gone to a watcher or page from before its compaction, and from another database', async () => {
    await store.resources.create(plan('one-more'), { actor });
    const page = await store.resources.list({ kind: 'MigPlan', limit: 1 });
    const old = page.resourceVersion;
    for (let writes = 0; writes < 5; writes++) {
      await store.resources.update({ kind: 'MigPlan', namespace, name: 'shared' }, addOne, { actor });
    }
    const database = await Database.connect(temporary.databaseUrl);
    await compactChanges(database, 3);
    await database.close();
    const current = await store.resources.currentRevision();
    await expect(store.resources.changesAfter(old, {}, 10)).rejects.toMatchObject({ reason: 'Gone' });
    await expect(
      store.resources.list({ kind: 'MigPlan', limit: 1, continueToken: page.continueToken }),
    ).rejects.toMatchObject({
      reason: 'Gone',
    });
    expect(await store.resources.changesAfter(String(BigInt(current) - 3n), {}, 10)).toHaveLength(3);
    await expect(store.resources.changesAfter(String(BigInt(current) + 1n), {}, 10)).rejects.toMatchObject({
      reason: 'Gone',
    });
    // What people did outlives the window, for audits.
    const [kept] = await temporary.sql<{ count: string }>("SELECT count(*) FROM changes WHERE actor = 'alice'");
    expect(Number(kept?.count)).toBeGreaterThan(100);
  });
});
