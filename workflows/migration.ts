import { workflowInfo } from '@temporalio/workflow';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { final } from './itineraries/final.js';
import { finalWithoutQuiesce } from './itineraries/final-without-quiesce.js';
import { stage } from './itineraries/stage.js';
import { MigrationRun } from './migration-run.js';
import { prepare } from './prepare.js';
import { rootStatus } from './root-status.js';
import { runToEnd } from './run-to-end.js';

/** Root of one MigMigration. Only writer of its status. */
export async function migration(input: MigrationInput): Promise<void> {
  await runToEnd(new MigrationRun(input.run, rootStatus(input)), async (run) => {
    run.adopt(await run.step('Prepare', prepare, { run: run.ref, workflowId: workflowInfo().workflowId }));
    await itineraryOf(run)(run);
  });
}

function itineraryOf(run: MigrationRun): (run: MigrationRun) => Promise<void> {
  if (run.summary.itinerary === 'Stage') return stage;
  return run.summary.quiescePods ? final : finalWithoutQuiesce;
}
