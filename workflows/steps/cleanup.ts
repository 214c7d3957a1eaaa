import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed, wait } from '../kit/activities.js';

/** Cleanup: nothing of this run's helpers is left in either cluster; what is kept is listed in the documentation. */
export async function cleanup({ summary }: StepInput): Promise<void> {
  const run = summary.ref;
  await wait('Remove the helpers of this run from both clusters').sweepHelpers({ run });
  await deed('Settle labels and reclaim policies on the target').settleTarget({ run });
}
