import type { OwedFact, RunFacts } from '../../resources/run/facts.js';
import type { RunRef, RunWarning } from '../../resources/run/run-record.js';
import type { StepName } from '../../resources/run/steps.js';
import { unboundedActivity, waitActivity } from '../kit/activities.js';

/** @returns what the operator should know of it */
type Undo = (input: { run: RunRef }) => Promise<readonly RunWarning[]>;

/** Something a run may owe: as long as its fact is recorded and the commit point is not, an unwind has to undo it. */
export interface Owed {
  fact: OwedFact;
  /** Where the pipeline shows the undo; items that follow one another may share a step. */
  step: StepName;
  /** In order, each repeated until it has succeeded. */
  undo: readonly Undo[];
  /** Waits until the undo is complete, while helpers are removed: it may fail without holding anything up. */
  confirm?: (input: { run: RunRef }) => Promise<void>;
}

/** For work that has nothing to report. */
async function silent(work: Promise<unknown>): Promise<readonly RunWarning[]> {
  await work;
  return [];
}

/** All that can be owed, in the order in which it is undone: last done, first undone. */
export const OWED: readonly Owed[] = [
  {
    // Nothing restored may run on the target before the source starts.
    fact: 'restoreOwed',
    step: 'CleanupVelero',
    undo: [
      (input) =>
        silent(waitActivity('Wait for the running Restore to end: Velero cannot stop one').waitForRestoreIdle(input)),
      (input) => silent(unboundedActivity('Make sure nothing restored runs on the target').confirmTargetDown(input)),
    ],
  },
  {
    fact: 'swapOwed',
    step: 'CleanupUnquiesce',
    undo: [
      ({ run }) =>
        silent(unboundedActivity('Give the workloads their former claims back').swapClaims({ run, direction: 'back' })),
    ],
  },
  {
    fact: 'quiesceOwed',
    step: 'CleanupUnquiesce',
    undo: [
      async (input) =>
        (await unboundedActivity('Start the source applications again').unquiesceSource(input)).warnings ?? [],
    ],
    confirm: (input) => waitActivity('Check that the source applications run').confirmSourceRunning(input),
  },
];

/** Steps of an unwind before the helpers are removed. */
export const UNDO_STEPS: readonly StepName[] = [...new Set(OWED.map(({ step }) => step))];

/** What a run that has not passed its commit point owes. */
export const owedBy = (facts: RunFacts): Owed[] => OWED.filter(({ fact }) => facts[fact]);
