import { CancellationScope } from '@temporalio/workflow';
import { FAILURE } from '../resources/failure.js';
import { describeRun, ITINERARY } from '../resources/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { unfailing, wait } from './activities.js';
import { AFTERMATH } from './aftermath.js';
import { failureReport } from './failure-report.js';
import { rootStatus } from './root-status.js';
import { firstRevision } from './status-writer.js';
import { unwind } from './unwind.js';

/** Revisions of a recovery's status come after every one that the lost attempt can have written. */
const AFTER_EVERY_OTHER_REVISION = 1_000_000;

/**
 * For a run recorded as running whose root workflow is gone (terminated, or failed without its unwind): settles its steps, then
 * unwinds from the recorded facts and closes the record.
 */
export async function recover(input: MigrationInput): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const { run } = input;
    const status = rootStatus(input);
    let revision = firstRevision(run) + AFTER_EVERY_OTHER_REVISION;
    const write = (): Promise<void> => {
      revision += 1;
      return unfailing('Write the status').writeStatus({ run, revision, status: status.snapshot() });
    };
    status.enter(ITINERARY.Failed);
    await write();
    await wait('Wait until the steps of the lost run are closed').settleSteps({ run });
    await unfailing('Record that the run unwinds').setRunState({
      run,
      state: 'Unwinding',
      itinerary: ITINERARY.Failed,
    });
    const aftermath = await unwind(run, {
      begin: (step) => status.begin(step),
      complete: (step, message) => status.complete(step, message),
      skip: (step) => status.skip(step),
      fail: (step, error) => status.failStep(step, failureReport(error).what),
      warn: (warnings = []) => {
        for (const warning of warnings) status.warn(warning);
      },
    });
    status.fail(
      {
        type: FAILURE.NotFound,
        what: 'The workflow of this migration was terminated before it ended',
        where: describeRun(run),
        why: 'Somebody terminated it in Temporal, or it failed there without its own unwind.',
        next: 'Start the migration again.',
      },
      AFTERMATH[aftermath],
    );
    await write();
    await unfailing('Record the outcome: Failed').setRunState({ run, state: 'Failed', itinerary: ITINERARY.Failed });
    await unfailing('Make room for the next migration of the plan').finishRun({ run });
  });
}
