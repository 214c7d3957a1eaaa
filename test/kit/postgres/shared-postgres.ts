import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, stopPostgres } from '../../../local/postgres.js';
import { Database } from '../../../migrations-db/database.js';
import { migrate } from '../../../migrations-db/schema/migrate.js';
import { once } from '../shared/once.js';
import { TEST_SERVER } from './temporary-postgres.js';

const NAME = 'postgres';
const TEMPLATE = 'migrated';

const homeOf = (folder: string): string => path.join(folder, 'home');

export interface TestDatabase {
  url: string;
  /** Also while others are connected to it. */
  remove(): Promise<void>;
}

/** A database with our schema, of one test file's own, on the server that all of them share: a copy of one whose schema was made once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url } = await once(NAME, startServer);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: databaseOf(url, name),
    remove: () => administer(url, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** After all tests. */
export async function stopSharedPostgres(sharedFolder: string): Promise<void> {
  const folder = homeOf(path.join(sharedFolder, NAME));
  if (existsSync(folder)) await stopPostgres(folder);
}

async function startServer(folder: string): Promise<{ url: string }> {
  await chmod(folder, 0o755);
  const { url } = await startPostgres({ folder: homeOf(folder), settings: TEST_SERVER });
  await administer(url, `CREATE DATABASE ${TEMPLATE}`);
  const database = await Database.connect(databaseOf(url, TEMPLATE));
  try {
    await migrate(database.dataSource);
  } finally {
    await database.close();
  }
  return { url };
}

function databaseOf(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
