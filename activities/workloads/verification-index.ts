import type { ActivityDependencies } from '../kit/dependencies.js';
import type { VerificationActivities } from './verification-contract.js';
import { verifyTarget } from './verify-target.js';

export const createVerificationActivities = (deps: ActivityDependencies): VerificationActivities => ({
  verifyTarget: (input) => verifyTarget(deps, input),
});
