import type { RunSummary, RunWarning } from '../../resources/run/run-record.js';
import type { RunInput, StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, unboundedActivity, waitActivity } from '../kit/activities.js';

/** Prepare of a rollback: the plan's other migrations are canceled and have unwound, and what they did is known. */
export async function prepareRollback({ run, workflowId }: RunInput & { workflowId: string }): Promise<RunSummary> {
  await shortActivity('Cancel the other migrations of the plan').cancelOtherMigrations({ run });
  await waitActivity('Wait until no other migration of the plan runs').waitForTurn({ run });
  return shortActivity('Freeze what the runs of the plan did').freezeRollback({ run, workflowId });
}

/** CleanupMigrated, first part: nothing of the application runs on what is going to be removed. */
export async function haltMigrated({ summary }: StepInput): Promise<void> {
  const run = summary.ref;
  await waitActivity(`Stop what runs on ${summary.targetCluster}`).haltTarget({ run });
  if (!summary.converted) return;
  await shortActivity('Scale the converted applications to zero').quiesceApplications({ run });
  await waitActivity('Wait until their last pod is gone').waitForQuiesce({ run });
  await shortActivity('Give the workloads their former claims back').swapClaims({ run, direction: 'back' });
}

/** CleanupMigrated, second part. */
export const removeMigrated = ({ summary }: StepInput): Promise<{ kept: string[]; discarded: string[] }> =>
  waitActivity(`Remove from ${summary.targetCluster} what the plan brought there`).removeMigrated({ run: summary.ref });

/** CleanupUnquiesce: the source as it was. */
export async function restartSource({ summary }: StepInput): Promise<{ warnings?: RunWarning[] }> {
  const run = summary.ref;
  const { warnings } = await unboundedActivity('Start the source applications again').unquiesceSource({ run });
  await waitActivity('Check that the source applications run').confirmSourceRunning({ run });
  return { warnings };
}
