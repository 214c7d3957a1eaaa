import { cleanup } from '../cleanup.js';
import type { MigrationRun } from '../migration-run.js';
import { haltMigrated, removeMigrated, restartSource } from '../rollback.js';

/**
 * Rollback: what the plan's runs brought to the target is halted and removed, and the source runs again. Prepare has run: it has canceled
 * the plan's other migrations and has seen them end.
 */
export async function rollback(run: MigrationRun): Promise<void> {
  const { summary } = run;
  await run.step('CleanupHelpers', cleanup, { summary });
  // Half a rollback is no place for an application: once begun, no cancel leaves it.
  await run.commit(async () => {
    await run.step('CleanupMigrated', haltMigrated, { summary }, { part: 'halt', continues: true });
    const removed = await run.attempt(() =>
      run.step('CleanupMigrated', removeMigrated, { summary }, { part: 'remove' }),
    );
    // Nothing runs on the target any more: the source comes back whatever could not be removed there.
    const { warnings } = await run.step('CleanupUnquiesce', restartSource, { summary });
    run.warn(warnings);
    run.report(removed());
  });
}
