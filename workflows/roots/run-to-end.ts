import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RunActivities } from '../../activities/run/contract.js';
import { failureText } from '../../resources/meta/failure.js';
import type { UnwindItinerary } from '../../resources/run/run-record.js';
import { unboundedActivity } from '../kit/activities.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';
import { isRunHasEnded, runHasEnded } from '../run/run-has-ended.js';
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
      return (await CancellationScope.nonCancellable(() => unwound(run, 'Cancel'))) ?? error;
    }
    const report = failureReport(error);
    run.status.fail([failureText(report)], run.stepFailedWith(error));
    const over = await CancellationScope.nonCancellable(() => unwound(run, 'Failed'));
    return (
      over ??
      ApplicationFailure.create({
        message: `${report.what} ${report.why}`,
        type: report.type,
        nonRetryable: true,
        details: [report],
      })
    );
  }
  return CancellationScope.nonCancellable(() => unlessEnded(run, () => succeeded(run)));
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

/**
 * Unwinds a run and closes its record; its status tells what it failed with. All children are closed: each step waits for its own.
 *
 * @returns what the workflow is to close with when the run had ended before: then nothing is undone
 */
export const unwound = (run: MigrationRun, itinerary: UnwindItinerary): Promise<unknown> =>
  unlessEnded(run, () => undone(run, itinerary));

async function undone(run: MigrationRun, itinerary: UnwindItinerary): Promise<void> {
  const intended = run.status.itinerary;
  await setState(run, 'Record that the run unwinds', { state: 'Unwinding', itinerary });
  run.enter(itinerary);
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
  const { itinerary } = run.status;
  await setState(run, `Record the outcome: ${state}`, { state, itinerary, status: run.status.snapshot() });
  await release(run);
}

async function setState(
  { ref }: MigrationRun,
  summary: string,
  state: Omit<Parameters<RunActivities['setRunState']>[0], 'run'>,
): Promise<void> {
  const outcome = await unboundedActivity(summary).setRunState({ run: ref, ...state });
  if (outcome === 'ended') throw runHasEnded(ref);
}

/** @returns the failure that tells that the run had ended: its recorded end then stays what users read */
async function unlessEnded(run: MigrationRun, work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isRunHasEnded(error)) throw error;
    const recorded = await unboundedActivity('Read the end of the run').readRun({ run: run.ref });
    const end = recorded?.facts.endStatus;
    if (end !== undefined) {
      run.status.keep(end);
      await release(run);
    }
    return error;
  }
}

/** The end of a run: its status is written, and the plan's place and the object are released. */
export async function release(run: MigrationRun): Promise<void> {
  await run.close();
  await unboundedActivity('Make room for the next migration of the plan').finishRun({ run: run.ref });
}
