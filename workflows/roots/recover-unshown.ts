import { CancellationScope, sleep } from '@temporalio/workflow';
import { ITINERARY } from '../../resources/run/run-record.js';
import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { unfailing, wait } from '../kit/activities.js';
import { AFTERMATH } from '../run/aftermath.js';
import { failureReport } from '../run/failure-report.js';
import { unwind } from '../run/unwind.js';
import { recoveryRevision, terminated } from './recovery.js';
import { rootStatus } from './root-status.js';

/** What `recover` did before it showed its steps, for those that began so. */
export async function recoverUnshown(input: MigrationInput): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const { run } = input;
    const status = rootStatus(input);
    let revision = recoveryRevision(input);
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
    const aftermath = await unwind(run, input.itinerary, {
      obstacles: { met: (_, seconds) => sleep(seconds * 1_000), overcome: () => undefined },
      begin: (step) => status.begin(step),
      complete: (step, message) => status.complete(step, message),
      skip: (step) => status.skip(step),
      fail: (step, error) => status.failStep(step, failureReport(error).what),
      warn: (warnings = []) => {
        for (const warning of warnings) status.warn(warning);
      },
    });
    status.fail([terminated(run)]);
    status.end('Failed', AFTERMATH[aftermath]);
    await write();
    await unfailing('Record the outcome: Failed').setRunState({ run, state: 'Failed', itinerary: ITINERARY.Failed });
    await unfailing('Make room for the next migration of the plan').finishRun({ run });
  });
}
