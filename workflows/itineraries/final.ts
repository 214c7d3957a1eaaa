import { backup } from '../backup.js';
import { cleanup } from '../cleanup.js';
import { directVolume } from '../direct-volume.js';
import type { MigrationRun } from '../migration-run.js';
import { restore } from '../restore.js';
import { stageBackup } from '../stage-backup.js';
import { startTarget } from '../start-target.js';

/**
 * Final (cutover): the application is halted on the source, the last copy and the backup of the objects begin after its last write,
 * everything arrives on the target at 0, and only then the target starts. Prepare has run.
 */
export async function final(run: MigrationRun): Promise<void> {
  const { summary } = run;
  // The application still runs: only what changes after this pass costs downtime.
  await run.step(
    'DirectVolume',
    directVolume,
    { summary, pass: 'pre-copy', last: false },
    { part: 'pre-copy', continues: true },
  );
  await run.undoable('quiesceOwed', () => run.step('StageBackup', stageBackup, { summary }));
  const [copied, taken] = await run.together(
    () => run.step('DirectVolume', directVolume, { summary, pass: 'final', last: true }, { part: 'final' }),
    () => run.step('Backup', backup, { summary }),
  );
  const restored = await run.undoable('restoreOwed', () =>
    run.step('Restore', restore, { summary, backup: taken.backup }, { continues: true }),
  );
  // From the first target workload above 0 the source stays down, whatever happens.
  const unhealthy = await run.commit(() => startTarget(run));
  run.complete('Restore');
  run.report({ copy: copied.warnings, backup: taken.warnings, restore: restored.warnings, unhealthy });
  await run.commit(() => run.tidy('Cleanup', cleanup, { summary }));
}
