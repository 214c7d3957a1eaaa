import { cleanup } from '../cleanup.js';
import { directVolume } from '../direct-volume.js';
import type { MigrationRun } from '../migration-run.js';

/** Stage: copy what is there while the application runs; nothing of the application is touched on either side. Prepare has run. */
export async function stage(run: MigrationRun): Promise<void> {
  const { summary } = run;
  const copied = await run.step('DirectVolume', directVolume, { summary, pass: 'pre-copy', last: true });
  run.report({ copy: copied.warnings });
  await run.tidy('Cleanup', cleanup, { summary });
}
