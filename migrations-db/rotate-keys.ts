import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationStoreOptions } from './create-migration-store.js';
import { Database } from './database.js';
import { refuseUnknownKeys } from './known-keys.js';
import { rotateSealedFields } from './rotate-sealed-fields.js';
import { SecretValueEntity } from './schema/secret-value-entity.js';
import { SecretValues } from './secret-values.js';

const BATCH = 100;
/** For writers to end that hold all that is left. */
const PAUSE_MS = 200;

/**
 * Encrypts every playbook of a hook and every stored value with the current key that is under an earlier one, a hundred in a transaction; may be ended at any time and run again.
 * Resolves with the number of values by key, which is then the current one alone.
 *
 * @param onBatch hears how many have been encrypted so far
 * @throws UnknownKeyError with nothing changed
 */
export async function rotateKeys(
  options: Pick<MigrationStoreOptions, 'databaseUrl' | 'databaseTls' | 'encryptionKeys' | 'logger'>,
  onBatch: (done: number) => void = () => undefined,
): Promise<Record<string, number>> {
  const { databaseUrl, databaseTls, encryptionKeys, logger } = options;
  const database = await Database.connect(databaseUrl, logger, databaseTls);
  try {
    await refuseUnknownKeys(database.dataSource, encryptionKeys);
    const values = new SecretValues(encryptionKeys);
    const { id } = encryptionKeys.current;
    await rotateSealedFields(database, encryptionKeys);
    for (let done = 0; (await countOthers(database, id)) > 0; ) {
      const batch = await rotateBatch(database, values, id);
      done += batch;
      if (batch > 0) onBatch(done);
      else await pause(PAUSE_MS);
    }
    return await countByKey(database);
  } finally {
    await database.close();
  }
}

/** Rows that a writer holds are left to it: it writes them under its own key, and they are looked at again. */
const rotateBatch = (database: Database, values: SecretValues, current: string): Promise<number> =>
  database.transaction(async (manager) => {
    const rows = await manager
      .createQueryBuilder(SecretValueEntity, 'v')
      .where('v.key_id <> :current', { current })
      .orderBy('v.secret_uid')
      .addOrderBy('v.name')
      .limit(BATCH)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
    for (const row of rows) {
      const { secretUid, name } = row;
      await manager.update(SecretValueEntity, { secretUid, name }, values.encryptedAgain(row));
    }
    return rows.length;
  });

async function countOthers(database: Database, current: string): Promise<number> {
  const counts = await countByKey(database);
  return Object.entries(counts).reduce((sum, [key, count]) => (key === current ? sum : sum + count), 0);
}

async function countByKey(database: Database): Promise<Record<string, number>> {
  const rows: { key: string; count: number }[] = await database.run((manager) =>
    manager.query('SELECT key_id AS key, count(*)::int AS count FROM secret_values GROUP BY key_id ORDER BY key_id'),
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}
