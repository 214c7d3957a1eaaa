import { isCancellation } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';

/** SwapPVCReferences: the halted workloads refer to the new claims from now on. */
export const swapClaims = ({ summary }: StepInput): Promise<{ warnings: string[] }> =>
  shortActivity('Give the workloads their new claims').swapClaims({ run: summary.ref, direction: 'forward' });

/** Asks the cluster whether it would start the workloads. */
export async function rehearseConverted({ ref, summary }: MigrationRun): Promise<void> {
  await shortActivity(`Ask ${summary.sourceCluster} whether it would start the applications`).rehearseConverted({
    run: ref,
  });
}

/** Starts the workloads on their new claims. Its activity records the commit point before the first one. */
export async function convertedStart({ ref }: MigrationRun): Promise<string[]> {
  await shortActivity('Start the applications on their new claims').startConverted({ run: ref });
  try {
    await waitActivity('Check that the applications run').confirmSourceRunning({ run: ref });
    return [];
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [failureText(failureReport(error))];
  }
}
