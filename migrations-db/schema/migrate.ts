import type { DataSource, QueryRunner } from 'typeorm';
import { SCHEMA_CHANGES, versionOf } from './schema-changes.js';

/** Any fixed number: whoever holds this advisory lock changes the schema. */
const SCHEMA_LOCK = 4_127_700_901;

/** The database was changed by a program whose schema this one cannot work on. The message is for the operator. */
export class UnknownSchemaError extends Error {
  override readonly name = 'UnknownSchemaError';

  constructor(readonly changes: readonly string[]) {
    super(
      `The database that DATABASE_URL names has schema changes that this version does not know and must not work on (${changes.join(', ')}): a later version made ` +
        'them, or one from before the first release. Start that version or a later one, or let DATABASE_URL name another database.',
    );
  }
}

/**
 * Brings the schema up to date. Replicas that start together take turns.
 *
 * @throws UnknownSchemaError when it is that of a later version that this one must not work on, with nothing changed
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    // Waiting for another replica may take longer than a statement may.
    await lock.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
    try {
      await refuseUnknown(lock);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [SCHEMA_LOCK]);
    }
  } finally {
    await lock.query('RESET statement_timeout; RESET lock_timeout').catch(() => undefined);
    await lock.release();
  }
}

async function refuseUnknown(runner: QueryRunner): Promise<void> {
  if (!(await runner.hasTable('migrations'))) return;
  const made: { name: string }[] = await runner.query('SELECT name FROM migrations ORDER BY id');
  const known = new Set(SCHEMA_CHANGES.map(({ name }) => name));
  const unknown = made.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0 && !(await mayRead(runner))) throw new UnknownSchemaError(unknown);
}

/** A later version adds to the schema, and says from which version on others may work beside it. */
async function mayRead(runner: QueryRunner): Promise<boolean> {
  if (!(await runner.hasTable('schema_readers'))) return false;
  const [row]: { version: string }[] = await runner.query('SELECT min_reader_version AS version FROM schema_readers');
  const own = Math.max(...SCHEMA_CHANGES.map(({ name }) => versionOf(name)));
  return row !== undefined && own >= Number(row.version);
}
