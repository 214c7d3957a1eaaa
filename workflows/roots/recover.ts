import { CancellationScope } from '@temporalio/workflow';
import { CATEGORY } from '../../resources/meta/conditions.js';
import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { rollback } from '../itineraries/rollback.js';
import { unboundedActivity, waitActivity } from '../kit/activities.js';
import { retryUntilDone } from '../kit/retry-until-done.js';
import { MigrationRun } from '../run/migration-run.js';
import { recoveryRevision, terminated } from './recovery.js';
import { rootStatus } from './root-status.js';
import { ended, release, unwound } from './run-to-end.js';

/**
 * For a run recorded as running whose root workflow is gone (terminated, or failed without its unwind): settles its steps, then
 * unwinds from the recorded facts and closes the record. A rollback that had begun is run again instead: there is no way back
 * from the middle of one, and all of its steps may be repeated. A run whose end was recorded already keeps that end: only what the lost root
 * did not get to, its last status and its release, is left to do.
 */
export async function recover(input: MigrationInput): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const run = new MigrationRun(input.run, rootStatus(input), recoveryRevision(input));
    await retryUntilDone(run.obstacles, () =>
      waitActivity('Wait until the steps of the lost run are closed').settleSteps({ run: run.ref }),
    );
    const recorded = await unboundedActivity('Read how far the lost run came').readRun({ run: run.ref });
    const end = recorded?.facts.endStatus;
    if (end !== undefined) {
      run.status.keep(end);
      return release(run);
    }
    if (recorded?.facts.rollbackBegun && recorded.state === 'Running') {
      await ended(run, async () => {
        run.onPrepared(recorded.summary);
        run.status.set({
          type: 'Recovered',
          category: CATEGORY.Advisory,
          message: 'The workflow of this rollback was terminated; its steps are run again to the end.',
          durable: true,
        });
        await rollback(run);
      });
      return;
    }
    run.status.fail(recorded?.facts.errors ?? [terminated(run.ref)]);
    await unwound(run, 'Failed');
  });
}
