import type { PlanInput } from '../../activities/plan/contract.js';
import type { ObjectInput } from '../../temporal/contract/inputs.js';
import { unboundedActivity, waitActivity } from '../kit/activities.js';

/** Makes the sweeps of a plan that were asked for, one after the other. */
export async function sweep(input: ObjectInput): Promise<void> {
  let again = true;
  while (again) {
    ({ again } = await waitActivity(`Remove what ended migrations of plan ${input.name} left`).sweepPlan(input));
  }
}

/** What is removed before a deleted plan is: its migrations, then what they left in the clusters, as far as those can be reached. */
export async function removePlan(plan: PlanInput): Promise<void> {
  await waitActivity('Wait until the migrations of the plan have unwound and are gone').waitForMigrationsGone(plan);
  const helpers = await waitActivity('Remove what the migrations left in the clusters').removePlanHelpers(plan);
  const backups = await waitActivity('Remove their Backups and Restores').removePlanBackups(plan);
  const left = [...new Set([...helpers.errors, ...backups.errors])];
  await unboundedActivity('Let the plan go').letPlanGo({ ...plan, left });
}
