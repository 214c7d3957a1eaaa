import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunFacts } from '../../resources/run/facts.js';
import { describeRun, type RunRecord, type RunRef } from '../../resources/run/run-record.js';
import { isOpen, OPEN_STATES, type RunState } from '../../resources/run/run-state.js';
import { throwIfLeaseLost } from './lease.js';

interface Stored {
  store: MigrationStore;
}

/**
 * Records what decides on which side the application belongs. An unwind sets the run's state before it reads the facts: what it could not
 * see any more is not recorded, and must not be done.
 *
 * @throws StepFailure Refused when the run unwinds or has ended
 */
export async function recordWhileRunning({ store }: Stored, run: RunRef, facts: RunFacts): Promise<void> {
  if (!(await store.runs.addFactsWhileRunning(run, facts))) throw tooLate(run);
}

/**
 * What a run may do to a cluster, by its state. `forward`: what an unwind undoes. `back`: what undoes it, in an unwind, or as the work of a
 * rollback. `tidy`: what removes helpers, whichever way the run goes.
 */
export type Direction = 'forward' | 'back' | 'tidy';

/**
 * Asked right before each change of a cluster, after what is changed was read: a run that has ended changes nothing more, whoever begins a
 * step of it again (a reset in Temporal, a Temporal restored from a backup, a worker that was suspended).
 *
 * @throws StepFailure Refused when the state of the run does not admit it; Unreachable when the attempt is cut off from Temporal
 */
export async function refuseUnless({ store }: Stored, record: RunRecord, direction: Direction): Promise<void> {
  const run = { ...record.migration, attempt: record.attempt };
  const isAdmitted = await store.runs.isIn(run, admitted(record, direction));
  throwIfLeaseLost();
  if (isAdmitted) return;
  throw direction === 'forward' ? tooLate(run) : hasEnded(run);
}

/** @throws StepFailure Refused when the run's end is recorded; one that was not frozen yet has not ended */
export async function refuseIfEnded({ store }: Stored, run: RunRef): Promise<void> {
  const row = await store.runs.get(run);
  if (row && !isOpen(row.state)) throw hasEnded(run);
}

const admitted = ({ does }: RunRecord, direction: Direction): readonly RunState[] =>
  ({
    forward: ['Running'] as const,
    back: does.starts === 'source' ? (['Running'] as const) : (['Unwinding'] as const),
    tidy: OPEN_STATES,
  })[direction];

const hasEnded = (run: RunRef): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: 'A step was begun again that may not change anything any more',
    where: describeRun(run),
    why: `Attempt ${run.attempt} does not unwind. This run has ended, and the application may belong to a later one; or it still runs.`,
    next: 'Nothing was changed. Look at the status of the migration.',
  });

const tooLate = (run: RunRef): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: 'A step came too late',
    where: describeRun(run),
    why: `Attempt ${run.attempt} is recorded as unwinding or ended: what it did is being undone, or has been undone.`,
    next: 'Nothing was changed. Look at the status of the migration.',
  });
