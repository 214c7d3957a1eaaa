import type { EntityManager } from 'typeorm';
import type { KubeObject } from '../resources/meta/kube-object.js';
import type { RunRecord } from '../resources/run/run-record.js';
import type { Database } from './database.js';
import type { EncryptionKeys } from './encryption.js';
import { SealedFields } from './sealed-fields.js';

const BATCH = 100;

/** A table with sealed fields: how its rows are told apart, and what a row's sealed columns become. */
interface SealedTable {
  name: string;
  key: readonly string[];
  columns: readonly string[];
  again: (fields: SealedFields, value: unknown, row: Record<string, unknown>) => unknown;
}

const objectAgain: SealedTable['again'] = (fields, value) => fields.sealAgain(value as KubeObject);

const TABLES: readonly SealedTable[] = [
  { name: 'resources', key: ['uid'], columns: ['object'], again: objectAgain },
  { name: 'changes', key: ['revision'], columns: ['object', 'previous'], again: objectAgain },
  {
    name: 'runs',
    key: ['uid', 'attempt'],
    columns: ['record'],
    again: (fields, value, { uid }) => fields.sealRecordAgain(String(uid), value as RunRecord),
  },
];

/**
 * Encrypts playbooks with the current key, wherever they are stored under an earlier one, a hundred rows in a transaction. What a key that is
 * not among ours encrypted is left as it is.
 */
export async function rotateSealedFields(database: Database, keys: EncryptionKeys): Promise<void> {
  const fields = new SealedFields(keys);
  for (const table of TABLES) {
    // In the order of their keys, so that rows which no key opens are passed by.
    for (let last: unknown[] | undefined = []; last; ) {
      const after: unknown[] = last;
      last = await database.transaction((manager) => rotateBatch(manager, { table, fields, keys, after }));
    }
  }
}

/** @returns the key of the last row, undefined when there was none */
async function rotateBatch(
  manager: EntityManager,
  { table, fields, keys, after }: { table: SealedTable; fields: SealedFields; keys: EncryptionKeys; after: unknown[] },
): Promise<unknown[] | undefined> {
  const { name, key, columns, again } = table;
  const names = key.join(', ');
  const parameters = [`sealed:(?!${keys.current.id}:)[0-9a-f]+:`, BATCH, ...after];
  const beyond = after.length > 0 ? `AND (${names}) > (${after.map((_, index) => `$${index + 3}`).join(', ')})` : '';
  const rows: Record<string, unknown>[] = await manager.query(
    `SELECT ${names}, ${columns.join(', ')} FROM ${name}
     WHERE (${columns.map((column) => `${column}::text ~ $1`).join(' OR ')}) ${beyond}
     ORDER BY ${names} LIMIT $2 FOR UPDATE`,
    parameters,
  );
  for (const row of rows) {
    const values = columns.map((column) => row[column] && JSON.stringify(again(fields, row[column], row)));
    await manager.query(
      `UPDATE ${name} SET ${columns.map((column, index) => `${column} = $${index + 1}`).join(', ')}
       WHERE ${key.map((column, index) => `${column} = $${columns.length + index + 1}`).join(' AND ')}`,
      [...values, ...key.map((column) => row[column])],
    );
  }
  const lastRow = rows.at(-1);
  return lastRow && key.map((column) => lastRow[column]);
}
