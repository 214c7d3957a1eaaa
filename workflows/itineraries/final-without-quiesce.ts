import { backup } from '../backup.js';
import { cleanup } from '../cleanup.js';
import { directVolume } from '../direct-volume.js';
import type { MigrationRun } from '../migration-run.js';
import { restore } from '../restore.js';

/**
 * Final without halting the source: one pass over the volumes, the objects arrive as they are, and the start of Restore is the commit
 * point. Prepare has run and has warned that later writes are not on the target.
 */
export async function finalWithoutQuiesce(run: MigrationRun): Promise<void> {
  const { summary } = run;
  const [copied, taken] = await run.together(
    () => run.step('DirectVolume', directVolume, { summary, pass: 'pre-copy', last: true }),
    () => run.step('Backup', backup, { summary }),
  );
  run.skip('StageBackup');
  await run.commit(async () => {
    await run.committed();
    const restored = await run.step('Restore', restore, { summary, backup: taken.backup });
    run.report({ copy: copied.warnings, backup: taken.warnings, restore: restored.warnings });
    await run.tidy('Cleanup', cleanup, { summary });
  });
}
