import { CancellationScope } from '@temporalio/workflow';
import type { RunSummary } from '../resources/run-record.js';
import type { StepInput } from '../temporal/contract/inputs.js';
import { deed, wait } from './activities.js';

/** One hook of the plan: its Job, seen to its end, and nothing of it left whatever the end is. */
export async function runHook({
  summary,
  hook,
}: StepInput & { hook: NonNullable<RunSummary['hooks']>[number] }): Promise<void> {
  const { phase, name, cluster } = hook;
  const input = { run: summary.ref, phase };
  const place = cluster === 'source' ? summary.sourceCluster : summary.targetCluster;
  try {
    const { job } = await deed(`Start hook ${name} on ${place}`).startHook(input);
    if (job !== undefined) await wait(`Wait for hook ${name}`).waitForHook({ ...input, job });
  } finally {
    await CancellationScope.nonCancellable(() => wait(`Remove what hook ${name} ran in`).removeHook(input));
  }
}
