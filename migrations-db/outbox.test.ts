import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import type { MigrationStore, OutboxMessage } from './migration-store.js';

const namespace = 'openshift-migration';
const actor = { name: 'alice' };
let temporary: TemporaryStore;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

beforeEach(async () => {
  await temporary.sql('TRUNCATE resources, outbox CASCADE');
});

const create = (kind: string, name: string, body: Partial<KubeObject> = {}) =>
  store.resources.create(
    { apiVersion: 'migration.openshift.io/v1alpha1', kind, ...body, metadata: { ...body.metadata, name, namespace } },
    { actor },
  );
const edit = (kind: string, name: string, body: Partial<KubeObject>) =>
  store.resources.update(
    { kind, namespace, name },
    (current) => ({ ...current, ...body, metadata: { ...current.metadata, ...body.metadata } }),
    { actor },
  );
const line = ({ kind, name, change }: OutboxMessage) => `${kind} ${name} ${change}`;

/** Delivers all there is. */
async function delivered(): Promise<string[]> {
  const lines: string[] = [];
  while ((await store.outbox.drain(100, async (message) => void lines.push(line(message)))) > 0);
  return lines.sort();
}

describe('messages', () => {
  it('tell of creation, change, start of deletion and deletion', async () => {
    const created = await create('MigMigration', 'm', { spec: {}, metadata: { name: 'm', finalizers: ['x'] } });
    await edit('MigMigration', 'm', { spec: { canceled: true } });
    await store.resources.remove({ kind: 'MigMigration', namespace, name: 'm' }, { actor });
    await edit('MigMigration', 'm', { metadata: { name: 'm', finalizers: [] } });
    const messages: OutboxMessage[] = [];
    while (await store.outbox.drain(10, async (message) => void messages.push(message)));
    expect(messages.map(({ change }) => change)).toEqual(['created', 'updated', 'deleting', 'deleted']);
    expect(messages[0]).toEqual({
      id: expect.any(String),
      kind: 'MigMigration',
      namespace,
      name: 'm',
      uid: created.metadata.uid,
      change: 'created',
    });
  });

  it('are silent about status, dry runs and kinds without a workflow', async () => {
    await create('MigPlan', 'p', { spec: {} });
    await delivered();
    await edit('MigPlan', 'p', { status: { conditions: [{ type: 'Ready', status: 'True', category: 'Required' }] } });
    await store.resources.remove({ kind: 'MigPlan', namespace, name: 'p' }, { actor, dryRun: true });
    await create('MigAnalytic', 'a');
    await create('Event', 'e');
    expect(await delivered()).toEqual([]);
  });

  it('tell plans of what they refer to: edits and verdicts, not wording and times', async () => {
    const reference = (name: string) => ({ namespace, name });
    await create('MigCluster', 'source', { spec: { url: 'a' } });
    await create('MigCluster', 'unused', { spec: { url: 'a' } });
    await create('MigPlan', 'p', {
      spec: {
        srcMigClusterRef: reference('source'),
        migStorageRef: reference('bucket'),
        hooks: [{ reference: reference('drain') }],
      },
    });
    await create('MigPlan', 'other', { spec: { srcMigClusterRef: reference('elsewhere') } });
    await delivered();
    const ready = (status: string, message: string) => ({
      status: { conditions: [{ type: 'Ready', status, message, category: 'Required', lastTransitionTime: message }] },
    });

    await edit('MigCluster', 'source', { spec: { url: 'b' } });
    expect(await delivered()).toEqual(['MigCluster source updated', 'MigPlan p referenced']);
    await edit('MigCluster', 'source', ready('True', 'good'));
    expect(await delivered()).toEqual(['MigPlan p referenced']);
    await edit('MigCluster', 'source', ready('True', 'very good'));
    await edit('MigCluster', 'source', { status: { ...ready('True', 'very good').status, observedDigest: 'x' } });
    expect(await delivered()).toEqual([]);
    await edit('MigCluster', 'source', ready('False', 'bad'));
    expect(await delivered()).toEqual(['MigPlan p referenced']);
    await edit('MigCluster', 'unused', { spec: { url: 'b' } });
    expect(await delivered()).toEqual(['MigCluster unused updated']);
    await create('MigStorage', 'bucket');
    await create('MigHook', 'drain');
    expect(await delivered()).toEqual([
      'MigHook drain created',
      'MigPlan p referenced',
      'MigPlan p referenced',
      'MigStorage bucket created',
    ]);
    await store.resources.remove({ kind: 'MigHook', namespace, name: 'drain' }, { actor });
    expect(await delivered()).toEqual(['MigHook drain deleted', 'MigPlan p referenced']);
  });

  it('tell clusters and storages of new values of their Secrets', async () => {
    await create('MigCluster', 'source', { spec: { serviceAccountSecretRef: { namespace, name: 'token' } } });
    await create('MigStorage', 's', { spec: { backupStorageConfig: { credsSecretRef: { namespace, name: 'keys' } } } });
    await create('Secret', 'token', { stringData: { saToken: 'a' } });
    await create('Secret', 'keys', { stringData: { id: 'a' } });
    expect(await delivered()).toEqual([
      'MigCluster source created',
      'MigCluster source referenced',
      'MigStorage s created',
      'MigStorage s referenced',
      'Secret keys created',
      'Secret token created',
    ]);
    await edit('Secret', 'token', { stringData: { saToken: 'b' } });
    expect(await delivered()).toEqual(['MigCluster source referenced', 'Secret token updated']);
    await edit('Secret', 'token', { metadata: { name: 'token', labels: { a: 'b' } } });
    expect(await delivered()).toEqual(['Secret token updated']);
  });
});

describe('drain', () => {
  it('keeps what could not be delivered, delivers the rest, and tries again', async () => {
    for (const name of ['a', 'b', 'c']) {
      await create('MigHook', name);
    }
    const tried: string[] = [];
    const failing = async (message: OutboxMessage) => {
      tried.push(message.name);
      if (message.name === 'b') {
        throw new Error('Temporal is away');
      }
    };
    expect(await store.outbox.drain(10, failing)).toBe(2);
    expect(await store.outbox.drain(10, failing)).toBe(0);
    expect(tried).toEqual(['a', 'b', 'c', 'b']);
    expect(await delivered()).toEqual(['MigHook b created']);
  });

  it('delivers all messages of an object in one go, but none past one that failed', async () => {
    await create('MigHook', 'a', { spec: { step: 0 } });
    await edit('MigHook', 'a', { spec: { step: 1 } });
    await create('MigHook', 'b', { spec: { step: 0 } });
    await edit('MigHook', 'b', { spec: { step: 1 } });
    const lines: string[] = [];
    const failingOnB = async (message: OutboxMessage) => {
      lines.push(line(message));
      if (message.name === 'b') {
        throw new Error('no');
      }
    };
    expect(await store.outbox.drain(10, failingOnB)).toBe(2);
    expect(lines.sort()).toEqual(['MigHook a created', 'MigHook a updated', 'MigHook b created']);
    expect(await store.outbox.drain(10, async () => undefined)).toBe(2);
  });

  it('takes what failed last, so that it holds up nothing else', async () => {
    await create('MigHook', 'failing');
    await store.outbox.drain(1, () => Promise.reject(new Error('no')));
    await create('MigHook', 'fresh');
    const taken: string[] = [];
    await store.outbox.drain(1, async ({ name }) => void taken.push(name));
    expect(taken).toEqual(['fresh']);
  });

  it('hands each message to one of several dispatchers, and those of one object in order', async () => {
    const another = await temporary.openAnother();
    for (let index = 0; index < 20; index++) {
      await create('MigHook', `hook-${index}`, { spec: { step: 0 } });
      await edit('MigHook', `hook-${index}`, { spec: { step: 1 } });
    }
    const lines: string[] = [];
    const work = async (outbox: MigrationStore['outbox']) => {
      // Until both find nothing: what the other one holds is skipped.
      for (let idle = 0; idle < 20; ) {
        const count = await outbox.drain(3, async (message) => {
          lines.push(line(message));
        });
        idle = count === 0 ? idle + 1 : 0;
      }
    };
    await Promise.all([work(store.outbox), work(another.outbox)]);
    expect(lines).toHaveLength(40);
    expect(new Set(lines).size).toBe(40);
    for (let index = 0; index < 20; index++) {
      const own = lines.filter((text) => text.includes(` hook-${index} `));
      expect(own.map((text) => text.split(' ')[2])).toEqual(['created', 'updated']);
    }
  });

  it('leaves alone what another dispatcher delivers, however long that takes, and has no transaction open over it', async () => {
    const another = await temporary.openAnother();
    await create('MigHook', 'a', { spec: { step: 0 } });
    await edit('MigHook', 'a', { spec: { step: 1 } });
    let release: () => void = () => undefined;
    const slow = another.outbox.drain(1, () => new Promise((resolve) => (release = resolve)));
    await expect.poll(() => temporary.sql('SELECT FROM outbox WHERE leased_until IS NOT NULL')).toHaveLength(1);
    // Longer than one lease.
    await pause(12_000);
    expect(await delivered()).toEqual([]);
    expect(await temporary.sql("SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")).toEqual([]);
    release();
    expect(await slow).toBe(1);
    expect(await delivered()).toEqual(['MigHook a updated']);
  });

  it('delivers again what a dispatcher died over', async () => {
    const dying = await temporary.openAnother();
    await create('MigHook', 'a');
    void dying.outbox.drain(1, () => new Promise(() => undefined));
    await expect.poll(() => temporary.sql('SELECT FROM outbox WHERE leased_until IS NOT NULL')).toHaveLength(1);
    await dying.close();
    expect(await delivered()).toEqual([]);
    await expect.poll(delivered, { timeout: 20_000, interval: 500 }).toEqual(['MigHook a created']);
  });

  it('does not remove what it lost to another while it was silent', async () => {
    await create('MigHook', 'a');
    const lines: string[] = [];
    await store.outbox.drain(1, async (message) => {
      lines.push(line(message));
      await temporary.sql("UPDATE outbox SET leased_by = 'another', leased_until = now() + interval '1 hour'");
    });
    expect(lines).toEqual(['MigHook a created']);
    expect(await temporary.sql('SELECT leased_by FROM outbox')).toEqual([{ leased_by: 'another' }]);
  });

  it('is woken by a write', async () => {
    const heard = vi.fn();
    const end = store.outbox.onMessage(heard);
    await create('MigHook', 'a');
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
    end();
  });
});
