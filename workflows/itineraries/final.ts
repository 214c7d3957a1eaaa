import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { backup, type Restored, restore, restoreRest } from '../steps/objects.js';
import { rehearseStart, startTarget } from '../steps/target.js';
import { verify } from '../steps/verification.js';
import { preCopy } from './pre-copy.js';
import { finalPass, quiesceSource, rehearseTarget } from './quiesce-and-copy.js';

/**
 * Final (cutover): the application is halted on the source, the last copy and the backup of the objects begin after its last write,
 * everything arrives on the target at 0, and only then the target starts. Prepare has run.
 */
export async function final(run: MigrationRun): Promise<void> {
  const { summary } = run;
  const { again, ...found }: Found = summary.resume ? { again: summary.resume.again } : await untilRestored(run);
  // Otherwise the step has started with the restore of the objects.
  if (summary.resume) run.begin('Restore');
  // From the first target workload above 0 the source stays down, whatever happens.
  const unhealthy = await run.commit(() => run.pausable('Restore', () => startTarget(run)));
  run.status.markUp();
  run.report({ ...found, unhealthy });
  if (again) {
    const rest = await run.commit(() => run.pausable('Restore', () => restoreRest(run)));
    run.report({ restore: [...(found.restore ?? []), ...rest] });
  }
  run.complete('Restore');
  await run.commit(async () => {
    await run.hooks('PostRestore');
    await verify(run);
    await run.tidy('Cleanup', cleanup, { summary });
  });
}

interface Found extends Pick<Restored, 'again'> {
  copy?: string[];
  backup?: string[];
  restore?: string[];
}

async function untilRestored(run: MigrationRun): Promise<Found> {
  const { summary } = run;
  await preCopy(run);
  // Before the hook: what that does to the application is not undone by anything.
  await rehearseTarget(run);
  await run.hooks('PreBackup');
  await quiesceSource(run);
  const [copied, taken] = await run.together(
    () => finalPass(run),
    () => run.step('Backup', backup, { summary }),
  );
  await run.hooks('PostBackup', 'PreRestore');
  const restored = await run.undoable('restoreOwed', () =>
    run.step('Restore', restore, { summary, backup: taken.backup }, { continues: true }),
  );
  run.warn(restored.notes);
  // The start itself cannot be canceled: whatever may block it is found here.
  await run.pausable('Restore', () => rehearseStart(run));
  const { warnings, again } = restored;
  return { copy: copied.warnings, backup: taken.warnings, restore: warnings, again };
}
