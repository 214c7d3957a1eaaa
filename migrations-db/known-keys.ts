import type { DataSource } from 'typeorm';
import type { EncryptionKeys } from './encryption.js';

/** Values are stored under keys that are not among ours. The message is for the operator. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor(readonly keys: readonly { id: string; count: number }[]) {
    const each = keys.map(({ id, count }) => `${count} with key ${id}`).join(', ');
    super(
      `stored values of Secrets and playbooks of MigHooks were encrypted with a key that is not among those given (${each})`,
    );
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
    `SELECT id, count(*)::int AS count FROM (
       SELECT key_id AS id FROM secret_values
       UNION ALL SELECT (regexp_matches(object::text, 'sealed:([0-9a-f]+):[A-Za-z0-9+/=]+', 'g'))[1] FROM resources WHERE kind = 'MigHook'
     ) AS stored WHERE id <> ALL ($1) GROUP BY id ORDER BY id`,
    [known],
  );
  if (unknown.length > 0) throw new UnknownKeyError(unknown);
}
