import type { ActivityDependencies } from '../kit/dependencies.js';
import type { CleanupActivities } from './contract.js';
import { recordMade } from './record-made.js';
import { settleTarget } from './settle-target.js';
import { sweepHelpers } from './sweep-helpers.js';

export const createCleanupActivities = (deps: ActivityDependencies): CleanupActivities => ({
  sweepHelpers: (input) => sweepHelpers(deps, input),
  recordMade: (input) => recordMade(deps, input),
  settleTarget: (input) => settleTarget(deps, input),
});
