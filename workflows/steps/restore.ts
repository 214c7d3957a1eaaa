import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed, wait } from '../kit/activities.js';

/** Restore: the objects by Velero on the target; after a quiesce they arrive at 0. */
export async function restore({ summary, backup }: StepInput & { backup: string }): Promise<{ warnings: string[] }> {
  const run = summary.ref;
  if (summary.quiescePods) await deed('See that nothing scaled the source up again').checkQuiesced({ run });
  const made = await deed(`Create the Velero Restore on ${summary.targetCluster}`).createRestore({ run, backup });
  const { warnings } = await wait(`Wait for Restore ${made.restore}`).waitForRestore({ run, restore: made.restore });
  return { warnings };
}
