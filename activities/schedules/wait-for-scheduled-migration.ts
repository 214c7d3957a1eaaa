import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { hasEnded, hasSucceeded } from '../../resources/schedules/scheduled-migration.js';
import { withPulse } from '../kit/pulse.js';
import { somethingChanged } from '../kit/something-changed.js';
import { findRunObject } from '../records/run-objects.js';
import type { ScheduleActivities } from './contract.js';
import { settleCutover } from './settle-cutover.js';

/** The end of a migration is written to the store, which wakes us. */
const LEAST_PAUSE_MS = 1_000;

/** Until a migration that a schedule made has ended, unwound if need be, or is gone. */
export async function waitForScheduledMigration(
  store: MigrationStore,
  { migration, schedule }: Parameters<ScheduleActivities['waitForScheduledMigration']>[0],
): Promise<{ succeeded: boolean }> {
  const place = `MigMigration ${migration.namespace}/${migration.name}`;
  return withPulse({ waitingFor: `${place} to end`, where: place }, async ({ signal, observe }) => {
    for (;;) {
      const object = await findRunObject(store, { ...migration, attempt: 1 });
      if (!object) {
        await settleCutover(store, schedule, migration.name, 'Canceled');
        return { succeeded: false };
      }
      if (hasEnded(object)) return { succeeded: hasSucceeded(object) };
      observe(`Phase ${object.status?.phase ?? 'not begun'}.`);
      await somethingChanged(store, { leastPauseMs: LEAST_PAUSE_MS, signal });
    }
  });
}
