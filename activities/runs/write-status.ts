import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { type Condition, conditionsOf } from '../../resources/conditions.js';
import type { RunRef } from '../../resources/run-record.js';
import { announceConditions } from '../checks/announce-conditions.js';
import { findMigration } from './run-objects.js';

/** Writes the root workflow's status unless a newer one is there, and tells of new conditions as Events. */
export async function writeStatus(
  store: MigrationStore,
  { run, revision, status }: { run: RunRef; revision: number; status: Record<string, unknown> },
): Promise<void> {
  const before = await findMigration(store, run);
  if (!before) return;
  const written = await store.statuses.writeMigrationStatus(run, revision, status);
  if (!written) return;
  await announceConditions(store.events, before, conditionsOf(before), (status.conditions ?? []) as Condition[]);
}
