import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import type { RunSummary, RunWarning, StepSummary } from '../../resources/run/run-record.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';
import { failureReport } from './failure-report.js';

type Hook = NonNullable<RunSummary['hooks']>[number];

/**
 * One hook of the plan: its Job runs to its end, and is then removed, however it ended. The hook's own end is the result: what could
 * not be removed is a warning, since the sweep at the end of the run tries that again.
 */
export async function runHook({ summary, hook }: StepInput & { hook: Hook }): Promise<{ warnings: RunWarning[] }> {
  const { phase, name, cluster } = hook;
  const input = { run: summary.ref, phase };
  const place = cluster === 'source' ? summary.sourceCluster : summary.targetCluster;
  let warnings: RunWarning[] = [];
  try {
    const { job } = await shortActivity(`Start hook ${name} on ${place}`).startHook(input);
    if (job !== undefined) await waitActivity(`Wait for hook ${name}`).waitForHook({ ...input, job });
  } finally {
    warnings = await CancellationScope.nonCancellable(() => removed(summary, hook));
  }
  return { warnings };
}

async function removed({ ref }: StepSummary, { phase, name }: Hook): Promise<RunWarning[]> {
  try {
    await waitActivity(`Remove what hook ${name} ran in`).removeHook({ run: ref, phase });
    return [];
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [{ type: 'HelpersLeft', reason: `${phase}Hooks`, message: failureText(failureReport(error)) }];
  }
}
