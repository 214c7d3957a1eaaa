import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { ITINERARY } from '../resources/run-record.js';
import { unfailing } from './activities.js';
import { AFTERMATH, ROLLBACK_AFTERMATH } from './aftermath.js';
import { failureReport } from './failure-report.js';
import type { MigrationRun } from './migration-run.js';
import { runsAgain, unwind } from './unwind.js';

/** Takes a run to its end, whichever it is: when the itinerary fails or is cancelled, unwinds by what was recorded. */
export async function runToEnd(run: MigrationRun, itinerary: (run: MigrationRun) => Promise<void>): Promise<void> {
  try {
    await itinerary(run);
  } catch (error) {
    await CancellationScope.nonCancellable(() => unwound(run, error));
    throw error;
  }
  await CancellationScope.nonCancellable(() => succeeded(run));
}

async function succeeded(run: MigrationRun): Promise<void> {
  if (run.cancelRequested) {
    run.status.warn({
      type: 'CancelIgnored',
      message:
        run.status.itinerary === ITINERARY.Rollback
          ? 'The cancel came when the rollback had begun to take the target down: half a rollback would leave the application nowhere.'
          : 'The cancel came after the commit point, when the source could no longer be brought back without losing writes on the target.',
    });
  }
  const state = run.status.hasWarnings ? 'SucceededWithWarnings' : 'Succeeded';
  run.status.end(
    state,
    state === 'Succeeded' ? 'The migration has succeeded.' : 'The migration has succeeded, with warnings.',
  );
  await finish(run, state);
}

/** All children are closed when this runs: each step waits for its own. */
async function unwound(run: MigrationRun, error: unknown): Promise<void> {
  // What a step makes of a cancel when its worker dies over it looks like a failure.
  const canceled = isCancellation(error) || run.isCanceled;
  const wasRollback = run.status.itinerary === ITINERARY.Rollback;
  const itinerary = canceled ? ITINERARY.Cancel : ITINERARY.Failed;
  run.enter(itinerary);
  await unfailing('Record that the run unwinds').setRunState({ run: run.ref, state: 'Unwinding', itinerary });
  const end = await unwind(run.ref, run);
  if (runsAgain(end)) run.status.isUp();
  const aftermath = wasRollback ? ROLLBACK_AFTERMATH : AFTERMATH[end];
  if (canceled) {
    run.status.end('Canceled', `The migration was canceled. ${aftermath}`);
    await finish(run, 'Canceled');
    return;
  }
  const report = failureReport(error);
  run.status.fail(report, aftermath);
  await finish(run, 'Failed');
  throw ApplicationFailure.create({
    message: `${report.what} ${report.why}`,
    type: report.type,
    nonRetryable: true,
    details: [report],
  });
}

async function finish(
  run: MigrationRun,
  state: 'Succeeded' | 'SucceededWithWarnings' | 'Failed' | 'Canceled',
): Promise<void> {
  await unfailing(`Record the outcome: ${state}`).setRunState({ run: run.ref, state, itinerary: run.status.itinerary });
  await run.close();
  await unfailing('Make room for the next migration of the plan').finishRun({ run: run.ref });
}
