import type { DataSource } from 'typeorm';
import { refuseNewerSchema } from './newer-schema.js';

/** Any fixed number: who holds this advisory lock changes the schema. */
const SCHEMA_LOCK = 4_127_700_901;

/**
 * Brings the schema up to date. Replicas that start together take turns.
 *
 * @throws NewerSchema when a newer version has changed it
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    // Waiting for another replica may take longer than a statement may.
    await lock.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
    try {
      await refuseNewerSchema(dataSource);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [SCHEMA_LOCK]);
    }
  } finally {
    await lock.query('RESET statement_timeout; RESET lock_timeout').catch(() => undefined);
    await lock.release();
  }
}
