import { patched } from '@temporalio/workflow';
import type { MigrationRun } from './migration-run.js';
import { verification } from './verification.js';

/** Shows what is not healthy on the target, where the migration asks for it. Fails nothing: the application runs there already. */
export async function verify(run: MigrationRun): Promise<void> {
  if (!run.summary.verify || !patched('verification')) return;
  const { unhealthy, resources } = await run.step('Verification', verification, { summary: run.summary });
  run.status.unhealthyResources = resources;
  run.report({ unhealthy });
}
