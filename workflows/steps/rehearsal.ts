import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';

/** StageBackup, before anything is halted: what the target would refuse is found while the application still runs. */
export async function rehearsal({ summary }: StepInput): Promise<void> {
  await deed(`Ask ${summary.targetCluster} what it would refuse`).rehearseTarget({ run: summary.ref });
}
