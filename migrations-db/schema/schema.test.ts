import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporaryPostgres, type TemporaryPostgres } from '../../test/kit/postgres/temporary-postgres.js';
import { Database } from '../database.js';
import { migrate, UnknownSchemaError } from './migrate.js';
import { SCHEMA_CHANGES, versionOf } from './schema-changes.js';

let postgres: TemporaryPostgres;

beforeAll(async () => {
  postgres = await startTemporaryPostgres();
});

afterAll(() => postgres?.remove());

const connected = async (): Promise<{ dataSource: Database['dataSource']; close(): Promise<void> }> => {
  const database = await Database.connect(postgres.url);
  return { dataSource: database.dataSource, close: () => database.close() };
};

describe('the schema', () => {
  it('is made once by replicas that start together, is what the entities say, and can be taken back', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => Database.connect(postgres.url)));
    await Promise.all(replicas.map(({ dataSource }) => migrate(dataSource)));
    const dataSource = replicas[0]?.dataSource;
    const differences = await dataSource?.driver.createSchemaBuilder().log();
    expect(differences?.upQueries.map(({ query }) => query)).toEqual([]);
    for (const _ of SCHEMA_CHANGES) await dataSource?.undoLastMigration();
    const left = await dataSource?.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    expect(left).toEqual([{ table_name: 'migrations' }]);
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  it('of a later version that says so is refused with the variable and what to do, and left as it is', async () => {
    const { dataSource, close } = await connected();
    await migrate(dataSource);
    await dataSource.query(
      "INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')",
    );
    await dataSource.query('UPDATE schema_readers SET min_reader_version = 9999999999999');
    const refused = migrate(dataSource);
    await expect(refused).rejects.toBeInstanceOf(UnknownSchemaError);
    await expect(refused).rejects.toThrow(
      /^The database that DATABASE_URL names has schema changes that this version does not know and must not work on \(FromTheFuture9999999999999\).*Start that version/,
    );
    await expect(refused).rejects.not.toThrow('\n');
    await dataSource.query("DELETE FROM migrations WHERE name LIKE 'FromTheFuture%'");
    await migrate(dataSource);
    await close();
  });

  it('of a later version that has only added to it is worked on, by workers that drain beside the new ones', async () => {
    const { dataSource, close } = await connected();
    await migrate(dataSource);
    const own = Math.max(...SCHEMA_CHANGES.map(({ name }) => versionOf(name)));
    await dataSource.query('UPDATE schema_readers SET min_reader_version = $1', [own]);
    await dataSource.query(
      "INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')",
    );
    await migrate(dataSource);
    await close();
  });
});
