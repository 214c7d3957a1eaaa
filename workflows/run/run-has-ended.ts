import { ApplicationFailure } from '@temporalio/workflow';
import { describeRun, type RunRef } from '../../resources/run/run-record.js';
import { isOpen } from '../../resources/run/run-state.js';
import { unboundedActivity } from '../kit/activities.js';

const RUN_HAS_ENDED = 'RunHasEnded';

/**
 * What an execution stops with that was begun again after the end of its run: by a reset in Temporal, or by a Temporal that was restored from
 * a backup. What the run did is over, and the application may belong to a later run.
 */
export const runHasEnded = (run: RunRef): ApplicationFailure =>
  ApplicationFailure.create({
    message: `This run has ended: attempt ${run.attempt} of ${describeRun(run)} is recorded with its end, and nothing of it is done or undone again. To migrate again, create a new MigMigration or retry this one.`,
    type: RUN_HAS_ENDED,
    nonRetryable: true,
  });

export const isRunHasEnded = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === RUN_HAS_ENDED;

/** For work that is never given up: a run that has ended has nothing to undo any more. */
export async function throwIfEnded(run: RunRef): Promise<void> {
  const recorded = await unboundedActivity('Check that the run has not ended').readRun({ run });
  if (recorded && !isOpen(recorded.state)) throw runHasEnded(run);
}
