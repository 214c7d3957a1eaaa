import type { Client } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import { MIGRATION_FINALIZER } from '../resources/meta/labels.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { Watchdog } from './watchdog.js';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

const namespace = 'openshift-migration';
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
  const watchdog = new Watchdog(temporary.store, { workflow } as unknown as Client, pino({ enabled: false }));
  watchdog.start();
  await expect.poll(() => started.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await watchdog.stop();
  expect(started).toEqual([expect.stringMatching(`^recover/${namespace}/lost/`)]);
});
