import type { RunWarning } from '../../resources/run/run-record.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed, wait } from '../kit/activities.js';

/** StageBackup: halt the source applications and see their last pod end. The last write to any volume lies before its end. */
export async function stageBackup({ summary }: StepInput): Promise<{ workloads: number; warnings?: RunWarning[] }> {
  const run = summary.ref;
  const halted = await deed(`Scale the applications on ${summary.sourceCluster} to zero`).quiesceApplications({ run });
  await wait('Wait until the last source pod is gone').waitForQuiesce({ run });
  return halted;
}
