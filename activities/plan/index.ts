import type { ActivityDependencies } from '../kit/dependencies.js';
import type { LeftoverActivities } from './contract.js';
import { letPlanGo } from './let-plan-go.js';
import { removePlanBackups } from './remove-plan-backups.js';
import { removePlanHelpers } from './remove-plan-helpers.js';
import { sweepPlan } from './sweep-plan.js';
import { waitForMigrationsGone } from './wait-for-migrations-gone.js';

export const createLeftoverActivities = (deps: ActivityDependencies): LeftoverActivities => ({
  sweepPlan: (input) => sweepPlan(deps, input),
  waitForMigrationsGone: (input) => waitForMigrationsGone(deps, input),
  removePlanHelpers: (input) => removePlanHelpers(deps, input),
  removePlanBackups: (input) => removePlanBackups(deps, input),
  letPlanGo: (input) => letPlanGo(deps, input),
});
