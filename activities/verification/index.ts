import type { ActivityDependencies } from '../dependencies.js';
import type { VerificationActivities } from './contract.js';
import { verifyTarget } from './verify-target.js';

export const createVerificationActivities = (deps: ActivityDependencies): VerificationActivities => ({
  verifyTarget: (input) => verifyTarget(deps, input),
});
