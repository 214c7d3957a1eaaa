import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createMigrationStore } from '../../../migrations-db/create-migration-store.js';
import { parseEncryptionKeys } from '../../../migrations-db/encryption.js';
import type { MigrationStore } from '../../../migrations-db/migration-store.js';
import { createTestDatabase } from './shared-postgres.js';
import { startTemporaryPostgres, type TemporaryPostgres } from './temporary-postgres.js';

export interface TemporaryStore {
  store: MigrationStore;
  databaseUrl: string;
  /** Variables by which another process opens the same store. */
  environment: { DATABASE_URL: string; MTC_ENCRYPTION_KEY: string };
  /** Another store on the same database, as another process has it; closed with this one. */
  openAnother(): Promise<MigrationStore>;
  /** Rows of a statement of the test's own. */
  sql<Row = Record<string, unknown>>(statement: string, parameters?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** A store on a database of one test file's own, on the Postgres server that all of them share. */
export async function startTemporaryStore(): Promise<TemporaryStore> {
  const { url, remove } = await createTestDatabase();
  return openStore(url, remove);
}

/** A store on a Postgres server of one test file's own, which it may take away. */
export async function startStoreOnOwnServer(): Promise<TemporaryStore & { postgres: TemporaryPostgres }> {
  const postgres = await startTemporaryPostgres();
  return { ...(await openStore(postgres.url, postgres.remove)), postgres };
}

async function openStore(databaseUrl: string, removeDatabase: () => Promise<void>): Promise<TemporaryStore> {
  const key = randomBytes(32).toString('base64');
  const options = { databaseUrl, encryptionKeys: parseEncryptionKeys(key) };
  const open = [await createMigrationStore(options)] as [MigrationStore, ...MigrationStore[]];
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl });
  return {
    store: open[0],
    databaseUrl,
    environment: { DATABASE_URL: databaseUrl, MTC_ENCRYPTION_KEY: key },
    async openAnother() {
      const another = await createMigrationStore(options);
      open.push(another);
      return another;
    },
    async sql(statement, parameters) {
      if (!dataSource.isInitialized) {
        await dataSource.initialize();
      }
      return dataSource.query(statement, parameters);
    },
    async remove() {
      await Promise.all(open.map((store) => store.close()));
      if (dataSource.isInitialized) {
        await dataSource.destroy();
      }
      await removeDatabase();
    },
  };
}
