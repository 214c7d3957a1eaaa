import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { preCopy } from './pre-copy.js';
import { checkStillHalted, finalPass, quiesceSource } from './quiesce-and-copy.js';
import { stage } from './stage.js';

/**
 * State migration: the volumes only, for an application whose objects arrive by other means. Without quiesce it is a stage of them; with
 * it the cutover: the application is halted, the last copy begins after its last write, and the source stays down. Prepare has run.
 */
export async function state(run: MigrationRun): Promise<void> {
  const { summary } = run;
  if (!summary.does.halts) {
    run.skip('StageBackup');
    return stage(run);
  }
  await preCopy(run);
  await quiesceSource(run);
  const copied = await finalPass(run);
  await checkStillHalted(run);
  await run.commit(async () => {
    await run.committed();
    run.report({ copy: copied.warnings });
    await run.tidy('Cleanup', cleanup, { summary });
  });
}
