import { ApplicationFailure, CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import { ITINERARY } from '../resources/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { unfailing } from './activities.js';
import { AFTERMATH } from './aftermath.js';
import { failureReport } from './failure-report.js';
import { final } from './itineraries/final.js';
import { finalWithoutQuiesce } from './itineraries/final-without-quiesce.js';
import { stage } from './itineraries/stage.js';
import { MigrationRun } from './migration-run.js';
import { prepare } from './prepare.js';
import { unwind } from './unwind.js';

/** Root of one MigMigration: runs the itinerary; when it fails or is cancelled, unwinds by what was recorded. Only writer of its status. */
export async function migration(input: MigrationInput): Promise<void> {
  const run = new MigrationRun(input.run, input.itinerary);
  try {
    run.adopt(await run.step('Prepare', prepare, { run: run.ref, workflowId: workflowInfo().workflowId }));
    await itineraryOf(run)(run);
  } catch (error) {
    await CancellationScope.nonCancellable(() => unwound(run, error));
    throw error;
  }
  await CancellationScope.nonCancellable(() => succeeded(run));
}

function itineraryOf(run: MigrationRun): (run: MigrationRun) => Promise<void> {
  if (run.summary.itinerary === 'Stage') return stage;
  return run.summary.quiescePods ? final : finalWithoutQuiesce;
}

async function succeeded(run: MigrationRun): Promise<void> {
  if (run.cancelRequested) {
    run.status.warn({
      type: 'CancelIgnored',
      message:
        'The cancel came after the commit point, when the source could no longer be brought back without losing writes on the target.',
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
  const itinerary = canceled ? ITINERARY.Cancel : ITINERARY.Failed;
  run.enter(itinerary);
  await unfailing('Record that the run unwinds').setRunState({ run: run.ref, state: 'Unwinding', itinerary });
  const aftermath = AFTERMATH[await unwind(run.ref, run)];
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
