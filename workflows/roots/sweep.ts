import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { wait } from '../kit/activities.js';

/** Makes the sweeps of a plan that were asked for, one after the other. */
export async function sweep(input: ReconcileInput): Promise<void> {
  let again = true;
  while (again) {
    ({ again } = await wait(`Remove what ended migrations of plan ${input.name} left`).sweepPlan(input));
  }
}
