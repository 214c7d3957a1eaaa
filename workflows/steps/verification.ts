import { isCancellation } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { waitActivity } from '../kit/activities.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';

/** Shows what is not healthy on the target, where the migration asks for it. Fails nothing: the application runs there already. */
export async function verify(run: MigrationRun): Promise<void> {
  if (!run.summary.verify) return;
  try {
    const input = { summary: run.summary };
    const { unhealthy, resources } = await run.step('Verification', verification, input, { pausesOnFailure: false });
    run.status.unhealthyResources = resources;
    run.report({ unhealthy });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const message = `It could not be determined whether the application is healthy on the target. ${failureText(failureReport(error))}`;
    run.warn([{ type: 'VerificationNotMade', message }]);
  }
}

/** Verification: whether what arrived on the target is healthy there. What is not healthy is reported and fails nothing. */
export const verification = ({ summary }: StepInput): Promise<{ unhealthy: string[]; resources?: unknown }> =>
  waitActivity(`Check that the applications on ${summary.targetCluster} are healthy`).verifyTarget({
    run: summary.ref,
  });
