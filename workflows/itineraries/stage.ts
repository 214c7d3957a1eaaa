import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { directVolume } from '../steps/volumes.js';

/** Stage: copy what is there while the application runs; nothing of the application is touched on either side. Prepare has run. */
export async function stage(run: MigrationRun): Promise<void> {
  const { summary, volumes } = run;
  const copied = await run.step('DirectVolume', directVolume, { summary, volumes, pass: 'pre-copy', last: true });
  run.report({ copy: copied.warnings });
  await run.tidy('Cleanup', cleanup, { summary });
}
