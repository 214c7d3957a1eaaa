import type { RunWarning } from '../../resources/run/run-record.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';

/** StageBackup, before anything is halted: what the target holds or would refuse is found while the application still runs. */
export async function rehearsal({ summary }: StepInput): Promise<{ warnings?: RunWarning[] }> {
  const run = summary.ref;
  await waitActivity(`Remove from ${summary.targetCluster} what an earlier attempt left`).removeLeftovers({ run });
  const { warnings } = await shortActivity(`Look at what ${summary.targetCluster} holds already`).inspectTarget({
    run,
  });
  await shortActivity(`Ask ${summary.targetCluster} what it would refuse`).rehearseTarget({ run });
  return { warnings };
}

/** StageBackup: halt the source applications and wait until their last pod has ended. The last write to any volume lies before its end. */
export async function quiesce({ summary }: StepInput): Promise<{ workloads: number; warnings?: RunWarning[] }> {
  const run = summary.ref;
  const halted = await shortActivity(`Scale the applications on ${summary.sourceCluster} to zero`).quiesceApplications({
    run,
  });
  await waitActivity('Wait until the last source pod is gone').waitForQuiesce({ run });
  return halted;
}
