import type { ActivityDependencies } from '../kit/dependencies.js';
import type { ClaimActivities } from './contract.js';
import { rehearseConverted } from './rehearse-converted.js';
import { startConverted } from './start-converted.js';
import { swapClaims } from './swap-claims.js';

export const createClaimActivities = (deps: ActivityDependencies): ClaimActivities => ({
  swapClaims: (input) => swapClaims(deps, input),
  rehearseConverted: (input) => rehearseConverted(deps, input),
  startConverted: (input) => startConverted(deps, input),
});
