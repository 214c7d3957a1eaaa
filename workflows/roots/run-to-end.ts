import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import type { UnwindItinerary } from '../../resources/run/run-record.js';
import { unboundedActivity } from '../kit/activities.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';
import { unwind } from '../run/unwind.js';
import { runsAgain, UNWIND_OUTCOMES } from '../run/unwind-outcomes.js';
import { whyCancelWasIgnored } from '../run/why-cancel-was-ignored.js';

/** Takes a run to its end, whichever it is: when the itinerary fails or is cancelled, unwinds by what was recorded. */
export async function runToEnd(run: MigrationRun, itinerary: (run: MigrationRun) => Promise<void>): Promise<void> {
  const failure = await ended(run, itinerary);
  if (failure !== undefined) throw failure;
}

/** @returns what the workflow is to close with when the run did not succeed */
export async function ended(run: MigrationRun, itinerary: (run: MigrationRun) => Promise<void>): Promise<unknown> {
  try {
    await itinerary(run);
  } catch (error) {
    // A cancel during which the worker of a step dies looks like a failure.
    if (isCancellation(error) || run.isCanceled) {
      await CancellationScope.nonCancellable(() => unwound(run, 'Cancel'));
      return error;
    }
    const report = failureReport(error);
    run.status.fail([failureText(report)], run.stepFailedWith(error));
    await CancellationScope.nonCancellable(() => unwound(run, 'Failed'));
    return ApplicationFailure.create({
      message: `${report.what} ${report.why}`,
      type: report.type,
      nonRetryable: true,
      details: [report],
    });
  }
  await CancellationScope.nonCancellable(() => succeeded(run));
  return undefined;
}

async function succeeded(run: MigrationRun): Promise<void> {
  if (run.cancelRequested) run.status.warn({ type: 'CancelIgnored', message: whyCancelWasIgnored(run) });
  const state = run.status.hasWarnings ? 'SucceededWithWarnings' : 'Succeeded';
  run.status.end(
    state,
    state === 'Succeeded' ? 'The migration has succeeded.' : 'The migration has succeeded, with warnings.',
  );
  await finish(run, state);
}

const STATES = { Cancel: 'Canceled', Failed: 'Failed' } as const satisfies Record<UnwindItinerary, string>;

/** Unwinds a run and closes its record; its status tells what it failed with. All children are closed: each step waits for its own. */
export async function unwound(run: MigrationRun, itinerary: UnwindItinerary): Promise<void> {
  const intended = run.status.itinerary;
  run.enter(itinerary);
  await unboundedActivity('Record that the run unwinds').setRunState({ run: run.ref, state: 'Unwinding', itinerary });
  const outcome = await unwind(run, intended);
  if (runsAgain(outcome)) run.status.markUp();
  const told = UNWIND_OUTCOMES[outcome];
  const state = STATES[itinerary];
  run.status.end(state, state === 'Canceled' ? `The migration was canceled. ${told}` : told);
  await finish(run, state);
}

async function finish(
  run: MigrationRun,
  state: 'Succeeded' | 'SucceededWithWarnings' | 'Failed' | 'Canceled',
): Promise<void> {
  await unboundedActivity(`Record the outcome: ${state}`).setRunState({
    run: run.ref,
    state,
    itinerary: run.status.itinerary,
    status: run.status.snapshot(),
  });
  await release(run);
}

/** The end of a run: its status is written, and the plan's place and the object are released. */
export async function release(run: MigrationRun): Promise<void> {
  await run.close();
  await unboundedActivity('Make room for the next migration of the plan').finishRun({ run: run.ref });
}
