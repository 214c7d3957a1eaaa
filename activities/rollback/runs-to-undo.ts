import type { MigrationStore, RunOutline } from '../../migrations-db/migration-store.js';
import { sinceRollback } from '../../resources/plan-rules/plan-migration.js';
import { hasCommitted, hasSucceeded } from '../checks/plan-migrations.js';
import type { RunToUndo } from './build-rollback-record.js';

/** The plan's attempts since its last successful rollback, the oldest first. */
export const attemptsSinceRollback = (rows: readonly RunOutline[]): RunOutline[] =>
  sinceRollback(rows.map((row) => ({ ...row, succeeded: hasSucceeded(row) })));

export const runsToUndo = (store: MigrationStore, rows: readonly RunOutline[]): Promise<RunToUndo[]> =>
  Promise.all(
    attemptsSinceRollback(rows)
      .filter(({ itinerary }) => itinerary !== 'Rollback')
      .map(async (row) => ({ record: await store.runs.record(row.ref), committed: hasCommitted(row) })),
  );
