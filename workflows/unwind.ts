import { isCancellation } from '@temporalio/workflow';
import type { RunRef, RunWarning } from '../resources/run-record.js';
import { unfailing, wait } from './activities.js';
import type { StepName } from './migration-status.js';

/** How an unwind tells of its steps; the root workflow shows them in the pipeline. */
export interface UnwindListener {
  begin(step: StepName): void;
  complete(step: StepName, message?: string): void;
  skip(step: StepName): void;
  fail(step: StepName, error: unknown): void;
  warn(warnings?: RunWarning[]): void;
}

export type Aftermath =
  /** Nothing had been done to the source's workloads. */
  | 'untouched'
  /** The source was halted and runs again. */
  | 'source-running'
  /** As above, but its pods were not seen within the patience. */
  | 'source-starting'
  /** The commit point was reached: the target runs, the source stays down. */
  | 'target-running';

/** Whether the application runs again on the source after it was halted there. */
export const runsAgain = (aftermath: Aftermath): boolean =>
  aftermath === 'source-running' || aftermath === 'source-starting';

/**
 * Brings the source back from the recorded facts, last deed first, whatever became of the workflow that did them: nothing restored may
 * run on the target before the source starts. After the commit point the source stays down. Helpers go last: the application comes first.
 */
export async function unwind(run: RunRef, listener: UnwindListener): Promise<Aftermath> {
  const recorded = await unfailing('Read what there is to undo').readRun({ run });
  const facts = recorded?.facts ?? {};
  const committed = facts.commitPoint !== undefined;

  if (committed || facts.restoreOwed !== true) {
    listener.skip('CleanupVelero');
  } else {
    listener.begin('CleanupVelero');
    await wait('Wait for the running Restore to end: Velero cannot stop one').waitForRestoreIdle({ run });
    await unfailing('Make sure nothing restored runs on the target').confirmTargetDown({ run });
    listener.complete('CleanupVelero');
  }

  const owesSource = !committed && facts.quiesceOwed === true;
  if (owesSource) {
    listener.begin('CleanupUnquiesce');
    if (facts.swapOwed === true) {
      await unfailing('Give the workloads their former claims back').swapClaims({ run, direction: 'back' });
    }
    const { warnings } = await unfailing('Start the source applications again').unquiesceSource({ run });
    listener.warn(warnings);
  } else {
    listener.skip('CleanupUnquiesce');
  }

  listener.begin('CleanupHelpers');
  if (recorded === undefined) {
    listener.complete('CleanupHelpers', 'Nothing was made yet.');
    return 'untouched';
  }
  const [confirmed] = await Promise.all([
    owesSource &&
      told(listener, 'CleanupUnquiesce', () => wait('See the source applications run').confirmSourceRunning({ run })),
    told(listener, 'CleanupHelpers', () =>
      wait('Remove the helpers of this run from both clusters').sweepHelpers({ run }),
    ),
  ]);
  if (committed) return 'target-running';
  if (!owesSource) return 'untouched';
  return confirmed ? 'source-running' : 'source-starting';
}

/** A step that changes nothing any more about where the application is: its failure is told, and what is left over is swept by the next run. */
async function told(listener: UnwindListener, step: StepName, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    listener.complete(step);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    listener.fail(step, error);
    return false;
  }
}
