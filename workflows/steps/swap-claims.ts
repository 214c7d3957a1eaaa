import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';

/** SwapPVCReferences: the halted workloads refer to the new claims from now on. */
export const swapClaims = ({ summary }: StepInput): Promise<{ warnings: string[] }> =>
  deed('Give the workloads their new claims').swapClaims({ run: summary.ref, direction: 'forth' });
