import { randomUUID } from 'node:crypto';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import { MIGRATION_FINALIZER } from '../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../resources/run/run-record.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { Watchdog } from './watchdog.js';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

const namespace = 'openshift-migration';
/** Of a client in whose place the tests answer. */
const withAbortSignal = <Result>(_: AbortSignal, work: () => Result): Result => work();
const make = (name: string) =>
  temporary.store.resources.create(
    {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigMigration',
      metadata: { namespace, name, finalizers: [MIGRATION_FINALIZER] },
      spec: { quiescePods: true },
    },
    { actor: SYSTEM_ACTOR },
  );
const letGo = (name: string) =>
  temporary.store.resources.update(
    { kind: 'MigMigration', namespace, name },
    (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [] } }),
    { actor: SYSTEM_ACTOR },
  );

it('recovers a run whose workflow is gone, not one that has come to its end while it looked', async () => {
  await make('lost');
  await make('ending');
  const started: string[] = [];
  const closed = { status: { name: 'FAILED' }, memo: { attempt: 1 } };
  const workflow = {
    getHandle: (id: string) => ({
      describe: async () => {
        if (id.includes('/ending/')) await letGo('ending');
        return id.startsWith('recover/') ? { ...closed, memo: { recoveries: 1 } } : closed;
      },
    }),
    start: async (_: string, { workflowId }: { workflowId: string }) => void started.push(workflowId),
  };
  const watchdog = new Watchdog(
    temporary.store,
    { workflow, withAbortSignal } as unknown as Client,
    pino({ enabled: false }),
  );
  watchdog.start();
  await expect.poll(() => started.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await watchdog.stop();
  expect(started).toEqual([expect.stringMatching(`^recover/${namespace}/lost/`)]);
});

/** A Temporal that has lost everything, and what is started there. */
function emptyTemporal(): { client: Client; started: string[] } {
  const started: string[] = [];
  const workflow = {
    getHandle: () => ({ describe: () => Promise.reject(new WorkflowNotFoundError('gone', 'any', undefined)) }),
    start: async (_: string, { workflowId }: { workflowId: string }) => void started.push(workflowId),
  };
  return { client: { workflow, withAbortSignal } as unknown as Client, started };
}

it('recovers an open run whose object lost its finalizer, or is gone; not one that has ended', async () => {
  await letGo('lost');
  const run = async (name: string): Promise<RunRef> => {
    const ref: RunRef = { kind: 'MigMigration', namespace, name, uid: randomUUID(), attempt: 1 };
    await temporary.store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: 'w' }, {} as RunRecord);
    return ref;
  };
  await run('open');
  await temporary.store.runs.setState(await run('ended'), 'Failed');
  const { client, started } = emptyTemporal();
  const watchdog = new Watchdog(temporary.store, client, pino({ enabled: false }));
  watchdog.start();
  await expect.poll(() => started.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await watchdog.stop();
  expect(started).toEqual([expect.stringMatching(`^recover/${namespace}/open/`)]);
});

it('of all workers one looks, and another when that is not heard of any more', async () => {
  const { leases } = temporary.store;
  const find = vi.spyOn(temporary.store.resources, 'find');
  expect(await leases.take('watchdog', 'a frozen worker', 3)).toBe(true);
  const watchdog = new Watchdog(temporary.store, emptyTemporal().client, pino({ enabled: false }));
  watchdog.start();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(find).not.toHaveBeenCalled();
  await expect.poll(() => find.mock.calls.length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await leases.take('watchdog', 'a frozen worker', 3)).toBe(false);
  await watchdog.stop();
  expect(await leases.take('watchdog', 'a frozen worker', 0)).toBe(true);
  find.mockRestore();
});
