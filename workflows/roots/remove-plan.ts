import type { PlanInput } from '../../activities/plan/contract.js';
import { unfailing, wait } from '../kit/activities.js';

/** What goes before a deleted plan does: its migrations, then what they left in the clusters, as far as those can be reached. */
export async function removePlan(plan: PlanInput): Promise<void> {
  await wait('Wait until the migrations of the plan have unwound and are gone').waitForMigrationsGone(plan);
  const helpers = await wait('Remove what the migrations left in the clusters').removePlanHelpers(plan);
  const backups = await wait('Remove their Backups and Restores').removePlanBackups(plan);
  const left = [...new Set([...helpers.errors, ...backups.errors])];
  await unfailing('Let the plan go').letPlanGo({ ...plan, left });
}
