import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { hookDoneFact } from '../../resources/run/facts.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { untilFirst } from '../kit/until-first.js';
import type { HookInput } from './contract.js';
import { hookFailed } from './hook-failure.js';
import { type HookRun, hookTitle, loadHookRun } from './hook-run.js';
import { HookTries } from './hook-tries.js';
import { JOB, type JobEnd, jobEnd } from './job-end.js';

/** The Job's own deadline passes first, and it gives the better reason. */
const MARGIN_SECONDS = 60;

export async function waitForHook(deps: ActivityDependencies, input: HookInput & { job: string }): Promise<void> {
  const { run, phase } = input;
  const hookRun = await loadHookRun(deps, input);
  const { hook, where } = hookRun;
  const wait = {
    waitingFor: `${hookTitle(hook)} to end`,
    where,
    patienceSeconds: hook.activeDeadlineSeconds + MARGIN_SECONDS,
    next: 'Find out why its Job was not ended at its deadline (does the controller manager of the cluster run?), then start the migration again.',
  };
  await withPulse(wait, (pulse) => followHook(deps, hookRun, input.job, pulse));
  await deps.store.runs.addFacts(run, { [hookDoneFact(phase)]: run.attempt });
}

async function followHook(deps: ActivityDependencies, hookRun: HookRun, name: string, pulse: Pulse): Promise<void> {
  const { client, hook } = hookRun;
  const job = await client.get({ ...JOB, namespace: hook.executionNamespace, name }, { signal: pulse.signal });
  if (!job) throw failureOf(hookRun, { outcome: 'deleted' });
  const tries = new HookTries(deps, hookRun, job, pulse);
  try {
    const end = await untilFirst(pulse.signal, [
      (signal) => jobEnd(client, job, signal),
      (signal) => tries.follow(signal),
    ]);
    await tries.keepAll();
    if (end.outcome !== 'succeeded') throw failureOf(hookRun, end, tries.lastWords());
  } catch (error) {
    if (!(error instanceof StepFailure) || error.report.type !== FAILURE.PodStuck) throw error;
    await tries.keepAll();
    throw hookFailed(hookRun, `${error.report.what}: ${error.report.why}`, error.report.next);
  }
}

function failureOf(hookRun: HookRun, end: Exclude<JobEnd, { outcome: 'succeeded' }>, lastWords = ''): StepFailure {
  const { activeDeadlineSeconds, name } = hookRun.hook;
  if (end.outcome === 'deleted') {
    return hookFailed(
      hookRun,
      `Its Job was deleted before it ended. ${lastWords}`.trim(),
      'Start the migration again, and do not delete its Jobs while it runs.',
    );
  }
  const why = REASONS[end.reason]?.(activeDeadlineSeconds) ?? `Its Job ended with ${end.reason}: ${end.message}.`;
  const next =
    end.reason === 'DeadlineExceeded'
      ? `Find out why it did not end, or raise spec.activeDeadlineSeconds of MigHook ${name}; then start the migration again.`
      : undefined;
  return hookFailed(hookRun, `${why} ${lastWords}`.trim(), next);
}

const REASONS: Record<string, (deadline: number) => string> = {
  DeadlineExceeded: (deadline) => `It ran longer than its activeDeadlineSeconds, ${deadline} s.`,
  BackoffLimitExceeded: () => 'All its tries failed.',
};
