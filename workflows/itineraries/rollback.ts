import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { haltMigrated, removeMigrated, restartSource } from '../steps/rollback.js';

/**
 * Rollback: what the plan's runs brought to the target is halted; then it is removed there while the source runs again. Prepare has run: it
 * has canceled the plan's other migrations and has seen them end.
 */
export async function rollback(run: MigrationRun): Promise<void> {
  const { summary } = run;
  await run.step('CleanupHelpers', cleanup, { summary });
  // An application must not be left in the middle of a rollback: once begun, it cannot be canceled.
  await run.commit(async () => {
    await run.step('CleanupMigrated', haltMigrated, { summary }, { part: 'halt', continues: true });
    // Nothing runs on the target any more: the source comes back even if something cannot be removed there, and does not wait for it.
    const [removed, restarted] = await run.together(
      () => run.deferFailure(() => run.step('CleanupMigrated', removeMigrated, { summary }, { part: 'remove' })),
      () => run.deferFailure(() => run.step('CleanupUnquiesce', restartSource, { summary })),
    );
    run.warn(restarted().warnings);
    run.report(removed());
  });
}
