import { isCancellation } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import { deed, wait } from '../kit/activities.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';

/** Asks the cluster whether it would start the workloads. */
export async function rehearseConverted({ ref, summary }: MigrationRun): Promise<void> {
  await deed(`Ask ${summary.sourceCluster} whether it would start the applications`).rehearseConverted({ run: ref });
}

/** Starts the workloads on their new claims. Its activity records the commit point before the first one. */
export async function startConverted({ ref }: MigrationRun): Promise<string[]> {
  await deed('Start the applications on their new claims').startConverted({ run: ref });
  try {
    await wait('See the applications run').confirmSourceRunning({ run: ref });
    return [];
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [failureText(failureReport(error))];
  }
}
