import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startStoreOnOwnServer } from '../test/kit/postgres/temporary-store.js';
import { createMigrationStore } from './create-migration-store.js';
import { parseEncryptionKeys } from './encryption.js';
import type { MigrationStore } from './migration-store.js';

const actor = { name: 'alice' };
const hook = (name: string) => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigHook',
  metadata: { name, namespace: 'openshift-migration' },
});
let temporary: Awaited<ReturnType<typeof startStoreOnOwnServer>>;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startStoreOnOwnServer();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

describe('while Postgres is away', () => {
  it('calls fail quickly as Unavailable, and work again when it is back, listeners included', async () => {
    const heard = vi.fn();
    store.resources.onChange(heard);
    await store.resources.create(hook('before'), { actor });
    await temporary.postgres.stop();

    const began = Date.now();
    const calls: (() => Promise<unknown>)[] = [
      () => store.ping(),
      () => store.resources.get({ kind: 'MigHook', namespace: 'openshift-migration', name: 'before' }),
      () => store.resources.create(hook('during'), { actor }),
      () => store.resources.list({ kind: 'MigHook' }),
      () => store.outbox.drain(1, async () => undefined),
      () => store.runs.ofPlan('plan'),
      () => store.secrets.read('a', 'b'),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ name: 'StoreError', reason: 'Unavailable' });
    }
    const encryptionKeys = parseEncryptionKeys(Buffer.alloc(32).toString('base64'));
    const opening = createMigrationStore({ databaseUrl: temporary.databaseUrl, encryptionKeys });
    await expect(opening).rejects.toMatchObject({ reason: 'Unavailable' });
    expect(Date.now() - began).toBeLessThan(8_000);

    await temporary.postgres.start();
    await store.ping();
    await store.resources.create(hook('after'), { actor });
    expect((await store.resources.list({ kind: 'MigHook' })).items).toHaveLength(2);
    // First the reconnection wakes the listener, then a write.
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 5_000 });
    await sleep(1_500);
    heard.mockClear();
    await store.resources.create(hook('later'), { actor });
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  });

  it('what is delivered while the database goes away is delivered again, and the next call has a good connection', async () => {
    const cut = store.outbox.drain(1, () => temporary.postgres.stop());
    await expect(cut).rejects.toMatchObject({ reason: 'Unavailable' });
    await temporary.postgres.start();
    await store.ping();
    // At the latest when its lease has ended.
    await expect.poll(() => store.outbox.drain(1, async () => undefined), { timeout: 20_000 }).toBe(1);
  }, 60_000);
});
