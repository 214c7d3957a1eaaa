import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { createMigrationStore } from './create-migration-store.js';
import { type EncryptionKeys, parseEncryptionKeys } from './encryption.js';
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
});
