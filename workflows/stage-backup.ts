import type { StepInput } from '../temporal/contract/inputs.js';
import { deed, wait } from './activities.js';

/** StageBackup: halt the source applications and see their last pod end. The last write to any volume lies before its end. */
export async function stageBackup({ summary }: StepInput): Promise<{ workloads: number }> {
  const run = summary.ref;
  const { workloads } = await deed(`Scale the applications on ${summary.sourceCluster} to zero`).quiesceApplications({
    run,
  });
  await wait('Wait until the last source pod is gone').waitForQuiesce({ run });
  return { workloads };
}
