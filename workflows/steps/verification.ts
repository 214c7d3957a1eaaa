import type { StepInput } from '../../temporal/contract/inputs.js';
import { wait } from '../kit/activities.js';

/** Verification: whether what arrived on the target is healthy there. What is not is told and fails nothing. */
export const verification = ({ summary }: StepInput): Promise<{ unhealthy: string[]; resources?: unknown }> =>
  wait(`Check that the applications on ${summary.targetCluster} are healthy`).verifyTarget({ run: summary.ref });
