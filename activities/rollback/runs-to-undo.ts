import type { MigrationStore, RunOutline } from '../../migrations-db/migration-store.js';
import { hasCommitted } from '../../resources/run/facts.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import type { RunToUndo } from './build-rollback-record.js';

export const runsToUndo = (store: MigrationStore, rows: readonly RunOutline[]): Promise<RunToUndo[]> =>
  Promise.all(
    attemptsSinceRollback(rows)
      .filter(({ itinerary }) => itinerary !== 'Rollback')
      .map(async (row) => ({ record: await store.runs.record(row.ref), committed: hasCommitted(row.facts) })),
  );
