import { type DataSource, MigrationExecutor } from 'typeorm';

/** A newer version of the program has changed the schema; this one does not know how to use it. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
  constructor(readonly changes: readonly string[]) {
    super(`The database has changes of its schema that this version does not know: ${changes.join(', ')}`);
  }
}

/** @throws NewerSchema */
export async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map((change) => change.name ?? change.constructor.name));
  const executed = await new MigrationExecutor(dataSource).getExecutedMigrations();
  const unknown = executed.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new NewerSchema(unknown);
}
