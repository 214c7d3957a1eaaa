import type { ActivityDependencies } from '../kit/dependencies.js';
import { checkCluster } from './check-cluster.js';
import { checkHook } from './check-hook.js';
import { checkStorage } from './check-storage.js';
import type { CheckActivities } from './contract.js';
import { reconcilePlan } from './reconcile-plan.js';

export const createCheckActivities = (deps: ActivityDependencies): CheckActivities => ({
  checkCluster: (input) => checkCluster(deps, input),
  checkHook: (input) => checkHook(deps.store, input),
  checkStorage: (input) => checkStorage(deps, input),
  reconcilePlan: (input) => reconcilePlan(deps, input),
});
