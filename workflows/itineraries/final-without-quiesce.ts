import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { backup, restore, restoreRest } from '../steps/objects.js';
import { verify } from '../steps/verification.js';
import { directVolume } from '../steps/volumes.js';

/**
 * Final without halting the source: one pass over the volumes, the objects arrive as they are, and the start of Restore is the commit
 * point. Prepare has run and has warned that later writes are not on the target.
 */
export async function finalWithoutQuiesce(run: MigrationRun): Promise<void> {
  const { summary } = run;
  const taken = summary.resume?.backup;
  const { name, ...found } = taken === undefined ? await untilBackedUp(run) : { name: taken };
  await run.commit(async () => {
    await run.committed();
    const restored = await run.step('Restore', restore, { summary, backup: name });
    run.warn(restored.notes);
    // The objects start as they arrive, and their webhooks with them.
    const rest = restored.again ? await run.pausable('Restore', () => restoreRest(run)) : [];
    run.report({ ...found, restore: [...restored.warnings, ...rest] });
    await run.hooks('PostRestore');
    await verify(run);
    await run.tidy('Cleanup', cleanup, { summary });
  });
}

async function untilBackedUp(run: MigrationRun): Promise<{ name: string; copy: string[]; backup: string[] }> {
  const { summary, volumes } = run;
  await run.hooks('PreBackup');
  const [copied, taken] = await run.together(
    () => run.step('DirectVolume', directVolume, { summary, volumes, pass: 'pre-copy', last: true }),
    () => run.step('Backup', backup, { summary }),
  );
  run.skip('StageBackup');
  await run.hooks('PostBackup', 'PreRestore');
  return { name: taken.backup, copy: copied.warnings, backup: taken.warnings };
}
