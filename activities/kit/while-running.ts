import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunFacts } from '../../resources/run/facts.js';
import { describeRun, type RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Records what decides on which side the application belongs. An unwind sets the run's state before it reads the facts: what it could not
 * see any more is not recorded, and must not be done.
 *
 * @throws StepFailure Refused when the run unwinds or has ended
 */
export async function recordWhileRunning({ store }: ActivityDependencies, run: RunRef, facts: RunFacts): Promise<void> {
  if (!(await store.runs.addFactsWhileRunning(run, facts))) throw tooLate(run);
}

/**
 * For a worker that was suspended or cut off while the run continued without it.
 *
 * @throws StepFailure Refused when the run unwinds or has ended
 */
export async function refuseUnlessRunning({ store }: ActivityDependencies, run: RunRef): Promise<void> {
  if (!(await store.runs.isRunning(run))) throw tooLate(run);
}

const tooLate = (run: RunRef): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: 'A step came too late',
    where: describeRun(run),
    why: `Attempt ${run.attempt} is recorded as unwinding or ended: what it did is being undone, or has been undone.`,
    next: 'Nothing was changed. Look at the status of the migration.',
  });
