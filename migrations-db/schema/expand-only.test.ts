import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { contractions } from '../../test/kit/postgres/contractions.js';
import { SCHEMA_CHANGES } from './schema-changes.js';

/** The SQL of a change, without a database. */
async function sqlOf(change: MigrationInterface): Promise<string> {
  const statements: string[] = [];
  const runner = { query: async (statement: string) => void statements.push(statement) };
  await change.up(runner as unknown as QueryRunner);
  return statements.join(';\n');
}

describe('a schema change after the first', () => {
  it('only adds: workers of the release before work beside those of the next', async () => {
    for (const Change of SCHEMA_CHANGES.slice(1)) {
      expect(contractions(await sqlOf(new (Change as new () => MigrationInterface)())), Change.name).toEqual([]);
    }
  });

  it.each([
    ['ALTER TABLE runs DROP COLUMN stage', 'drops something'],
    ['DROP TABLE run_logs', 'drops something'],
    ['ALTER TABLE runs RENAME COLUMN name TO title', 'renames something'],
    ['ALTER TABLE runs ALTER COLUMN attempt TYPE bigint', 'changes a type'],
    ['ALTER TABLE runs ALTER COLUMN record SET NOT NULL', 'asks for a value that former programs do not give'],
    ['ALTER TABLE runs ADD COLUMN rank smallint NOT NULL', 'has no default: ADD COLUMN rank smallint NOT NULL'],
    ['ALTER TABLE runs ADD rank smallint NOT NULL, ADD COLUMN b text', 'has no default: ADD rank smallint NOT NULL'],
  ])('is refused: %s', (sql, why) => {
    expect(contractions(sql)).toEqual([why]);
  });

  it.each([
    'ALTER TABLE runs ADD COLUMN rank smallint NOT NULL DEFAULT 0',
    'ALTER TABLE runs ADD COLUMN note text',
    'CREATE TABLE more (id text PRIMARY KEY, name text NOT NULL); CREATE INDEX more_name ON more (name)',
    'ALTER TABLE runs ALTER COLUMN name DROP NOT NULL',
  ])('may say: %s', (sql) => {
    expect(contractions(sql)).toEqual([]);
  });
});
