import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';

/** Cleanup: nothing of this run's helpers is left in either cluster; what is kept is listed in the documentation. */
export async function cleanup({ summary }: StepInput): Promise<void> {
  const run = summary.ref;
  await waitActivity('Remove the helpers of this run from both clusters').sweepHelpers({ run });
  await shortActivity('Settle labels and reclaim policies on the target').settleTarget({ run });
}
