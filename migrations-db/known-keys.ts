import type { DataSource } from 'typeorm';
import type { EncryptionKeys } from './encryption.js';

/** Values are stored under keys that are not among ours. The message is for the operator. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor(readonly keys: readonly { id: string; count: number }[]) {
    const each = keys.map(({ id, count }) => `${count} with key ${id}`).join(', ');
    super(`stored values of Secrets were encrypted with a key that is not among those given (${each})`);
  }
}

/**
 * A missing key is found at the start, not in the middle of a migration.
 *
 * @throws UnknownKeyError
 */
export async function refuseUnknownKeys(dataSource: DataSource, { current, others }: EncryptionKeys): Promise<void> {
  const known = [current, ...others].map(({ id }) => id);
  const unknown: { id: string; count: number }[] = await dataSource.query(
    'SELECT key_id AS id, count(*)::int AS count FROM secret_values WHERE key_id <> ALL ($1) GROUP BY key_id ORDER BY key_id',
    [known],
  );
  if (unknown.length > 0) throw new UnknownKeyError(unknown);
}
