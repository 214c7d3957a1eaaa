import { workflowInfo } from '@temporalio/workflow';
import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { stage } from '../itineraries/stage.js';
import { MigrationRun } from '../run/migration-run.js';
import { prepareVolumes } from '../steps/prepare.js';
import { rootStatus } from './root-status.js';
import { runToEnd } from './run-to-end.js';

/**
 * Root of one DirectVolumeMigration that a user created: a stage of the claims it names, without plan, objects or repository. One that a
 * migration created shows that migration's copies and has no workflow of its own.
 */
export async function directVolumeMigration(input: MigrationInput): Promise<void> {
  await runToEnd(new MigrationRun(input.run, rootStatus(input)), async (run) => {
    run.onPrepared(await run.step('Prepare', prepareVolumes, { run: run.ref, workflowId: workflowInfo().workflowId }));
    await stage(run);
  });
}
