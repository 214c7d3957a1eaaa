import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refOf, runHook, runRecord } from '../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { createMigrationStore } from './create-migration-store.js';
import { type EncryptionKeys, parseEncryptionKeys } from './encryption.js';
import { UnknownKeyError } from './known-keys.js';
import type { MigrationStore } from './migration-store.js';
import { rotateKeys } from './rotate-keys.js';

const actor = { name: 'alice' };
const SECRETS = 250;
let temporary: TemporaryStore;
let text: Record<'old' | 'new', string>;
let both: EncryptionKeys;
const open: MigrationStore[] = [];

async function storeWith(keys: EncryptionKeys): Promise<MigrationStore> {
  const store = await createMigrationStore({ databaseUrl: temporary.databaseUrl, encryptionKeys: keys });
  open.push(store);
  return store;
}
const secret = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'openshift-config' },
  stringData: { token: value },
});
const keyIds = async () =>
  (await temporary.sql<{ id: string }>('SELECT DISTINCT key_id AS id FROM secret_values')).map(({ id }) => id);
const rotate = (encryptionKeys: EncryptionKeys, onBatch?: (done: number) => void) =>
  rotateKeys({ databaseUrl: temporary.databaseUrl, encryptionKeys }, onBatch);

beforeAll(async () => {
  temporary = await startTemporaryStore();
  text = { old: temporary.environment.MTC_ENCRYPTION_KEY, new: randomBytes(32).toString('base64') };
  both = parseEncryptionKeys(`${text.new},${text.old}`);
  for (let number = 0; number < SECRETS; number += 1) {
    await temporary.store.resources.create(secret(`s-${number}`, `value-${number}`), { actor });
  }
});
afterAll(async () => {
  for (const store of open) await store.close();
  await temporary?.remove();
});

describe('another current key', () => {
  it('encrypts a value that is written again, also when it is the same', async () => {
    const store = await storeWith(both);
    const same = { ...secret('s-0', 'value-0') };
    await store.resources.update({ kind: 'Secret', namespace: 'openshift-config', name: 's-0' }, () => same, { actor });
    expect((await keyIds()).toSorted()).toEqual([both.current.id, both.others[0]?.id].toSorted());
  });

  it('does not start without one that a stored value needs, and says which', async () => {
    const old = both.others[0]?.id;
    const alone = parseEncryptionKeys(text.new);
    await expect(storeWith(alone)).rejects.toThrow(`${SECRETS - 1} with key ${old}`);
    await expect(rotate(alone)).rejects.toThrow(`key ${old}`);
  });

  it('encrypts all by rotate-keys, in batches, with readers and a writer at work; once is enough', async () => {
    const store = await storeWith(both);
    let reading = true;
    const readers = Promise.all(
      [0, 1].map(async () => {
        for (let number = 0; reading; number = (number + 1) % SECRETS) {
          const found = await store.secrets.read('openshift-config', `s-${number}`);
          expect(found?.values.token?.toString()).toBe(`value-${number}`);
        }
      }),
    );
    const batches: number[] = [];
    const counts = await rotate(both, (done) => void batches.push(done));
    reading = false;
    await readers;
    expect(counts).toEqual({ [both.current.id]: SECRETS });
    expect(batches).toEqual([100, 200, SECRETS - 1]);
    expect(await rotate(both)).toEqual(counts);
    const withNew = await storeWith(parseEncryptionKeys(text.new));
    const found = await withNew.secrets.read('openshift-config', 's-7');
    expect(found?.values.token?.toString()).toBe('value-7');
  });

  it('leaves addresses that values are tied to as they are', async () => {
    const store = await storeWith(both);
    const ref = { namespace: 'openshift-config', name: 's-1' };
    const { revision = '' } = (await store.secrets.read(ref.namespace, ref.name)) ?? {};
    await store.secrets.tie({ ...ref, revision }, 'token', { origin: 'https://a' });
    await rotate(parseEncryptionKeys(`${text.old},${text.new}`));
    expect(await store.secrets.read(ref.namespace, ref.name)).toMatchObject({
      addresses: { token: { origin: 'https://a' } },
      revision,
    });
  });

  it('encrypts playbooks too, wherever they are stored', async () => {
    const playbook = Buffer.from('- hosts: localhost').toString('base64');
    const key = { kind: 'MigHook', namespace: 'openshift-migration', name: 'drain' };
    const hook = {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigHook',
      metadata: { namespace: key.namespace, name: key.name },
      spec: { custom: false, playbook, targetCluster: 'source' },
    };
    await temporary.store.resources.create(hook, { actor });
    const hookOfRun = runHook(playbook);
    const record = runRecord({ hooks: [hookOfRun] });
    const row = { ref: refOf(record), itinerary: 'Final', state: 'Running', workflowId: 'w' } as const;
    await temporary.store.runs.freeze(row, record);
    const alone = parseEncryptionKeys(text.new);
    await rotate(parseEncryptionKeys(`${text.old},${text.new}`));
    await expect(storeWith(alone)).rejects.toThrow(UnknownKeyError);
    await rotate(both);
    const dumps = await Promise.all(
      ['resources', 'changes', 'runs'].map((table) =>
        temporary.sql<{ row: string }>(`SELECT t::text AS row FROM ${table} t WHERE t::text LIKE '%sealed:%'`),
      ),
    );
    const sealed = dumps.map((rows) => rows.flatMap(({ row }) => row.match(/sealed:[0-9a-f]+/g)));
    expect(sealed.map((found) => found.length > 0)).toEqual([true, true, true]);
    expect(new Set(sealed.flat())).toEqual(new Set([`sealed:${alone.current.id}`]));
    const store = await storeWith(alone);
    expect((await store.resources.get(key))?.spec.playbook).toBe(playbook);
    expect((await store.runs.record(row.ref)).hooks?.[0]).toEqual(hookOfRun);
  });
});
