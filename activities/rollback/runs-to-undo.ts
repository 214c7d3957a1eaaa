import type { MigrationStore, RunOutline } from '../../migrations-db/migration-store.js';
import { hasCommitted } from '../../resources/run/facts.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import type { RunToUndo } from './build-rollback-record.js';

/** A run whose record is no longer kept made nothing that is still there, and later ones came after it. */
export async function runsToUndo({ runs }: MigrationStore, rows: readonly RunOutline[]): Promise<RunToUndo[]> {
  const attempts = attemptsSinceRollback(rows).filter(({ itinerary }) => itinerary !== 'Rollback');
  const recorded = await Promise.all(attempts.map(({ ref }) => runs.get(ref)));
  return recorded.flatMap((row) => (row?.record ? [{ record: row.record, committed: hasCommitted(row.facts) }] : []));
}
