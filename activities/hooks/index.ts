import type { ActivityDependencies } from '../kit/dependencies.js';
import type { HookActivities } from './contract.js';
import { removeHook } from './remove-hook.js';
import { startHook } from './start-hook.js';
import { waitForHook } from './wait-for-hook.js';

export const createHookActivities = (deps: ActivityDependencies): HookActivities => ({
  startHook: (input) => startHook(deps, input),
  waitForHook: (input) => waitForHook(deps, input),
  removeHook: (input) => removeHook(deps, input),
});
