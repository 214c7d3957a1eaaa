import { isCancellation } from '@temporalio/workflow';
import {
  ITINERARY,
  type Itinerary,
  type RunRef,
  type RunSummary,
  type RunWarning,
} from '../../resources/run/run-record.js';
import type { StepName } from '../../resources/run/steps.js';
import { unboundedActivity, waitActivity } from '../kit/activities.js';
import { type RetryObserver, retryUntilDone } from '../kit/retry-until-done.js';
import type { UnwindOutcome } from './unwind-outcomes.js';

/** How an unwind tells of its steps; the root workflow shows them in the pipeline. */
export interface UnwindListener {
  readonly obstacles: RetryObserver;
  begin(step: StepName): void;
  complete(step: StepName, message?: string): void;
  skip(step: StepName): void;
  fail(step: StepName, error: unknown): void;
  warn(warnings?: RunWarning[]): void;
}

/** What was recorded of a run. */
type Recorded = { summary: RunSummary; facts: Record<string, unknown> } | undefined;

/**
 * Brings the source back from the recorded facts, last deed first, whatever became of the workflow that did them: nothing restored may
 * run on the target before the source starts. After the commit point the source stays down. Helpers go last: the application comes first.
 *
 * @param itinerary what the run set out to do, as far as it knew
 */
export async function unwind(run: RunRef, itinerary: Itinerary, listener: UnwindListener): Promise<UnwindOutcome> {
  const recorded = await unboundedActivity('Read what there is to undo').readRun({ run });
  const facts = recorded?.facts ?? {};
  const committed = facts.commitPoint !== undefined;
  const untilDone = <Result>(work: () => Promise<Result>) => retryUntilDone(listener.obstacles, work);

  if (committed || facts.restoreOwed !== true) {
    listener.skip('CleanupVelero');
  } else {
    listener.begin('CleanupVelero');
    await untilDone(() =>
      waitActivity('Wait for the running Restore to end: Velero cannot stop one').waitForRestoreIdle({ run }),
    );
    await untilDone(() =>
      unboundedActivity('Make sure nothing restored runs on the target').confirmTargetDown({ run }),
    );
    listener.complete('CleanupVelero');
  }

  const owesSource = !committed && facts.quiesceOwed === true;
  let reservations: readonly string[] = [];
  if (owesSource) {
    listener.begin('CleanupUnquiesce');
    if (facts.swapOwed === true) {
      await untilDone(() =>
        unboundedActivity('Give the workloads their former claims back').swapClaims({ run, direction: 'back' }),
      );
    }
    const { warnings } = await untilDone(() =>
      unboundedActivity('Start the source applications again').unquiesceSource({ run }),
    );
    listener.warn(warnings);
    reservations = warnings?.map(({ type }) => type) ?? [];
  } else {
    listener.skip('CleanupUnquiesce');
  }

  listener.begin('CleanupHelpers');
  if (recorded === undefined) {
    listener.complete('CleanupHelpers', 'Nothing was made yet.');
    if (itinerary === ITINERARY.Rollback) return 'rollback-not-begun';
    return run.attempt > 1 && (await hadCommittedBefore(run)) ? 'as-left-before' : 'untouched';
  }
  const [confirmed] = await Promise.all([
    owesSource &&
      reportingFailure(listener, 'CleanupUnquiesce', () =>
        waitActivity('See the source applications run').confirmSourceRunning({ run }),
      ),
    reportingFailure(listener, 'CleanupHelpers', () =>
      waitActivity('Remove the helpers of this run from both clusters').sweepHelpers({ run }),
    ),
  ]);
  if (recorded.summary.itinerary === ITINERARY.Rollback) {
    return facts.rollbackBegun === true ? 'rollback-begun' : 'rollback-not-begun';
  }
  if (committed) return committedAs(recorded);
  if (!owesSource) return 'untouched';
  if (!confirmed || reservations.includes('WorkloadsNotStarted')) return 'source-starting';
  return reservations.includes('SourceKeptDown') ? 'source-kept-down' : 'source-running';
}

function committedAs({ summary, facts }: NonNullable<Recorded>): UnwindOutcome {
  if (summary.itinerary === ITINERARY.Conversion) return 'on-new-claims';
  if (summary.itinerary === ITINERARY.State) return 'copied';
  return facts.quiesceOwed === true ? 'target-running' : 'both-running';
}

/** Whether the newest attempt before this one that was recorded had passed its commit point. */
async function hadCommittedBefore(run: RunRef): Promise<boolean> {
  for (let attempt = run.attempt - 1; attempt > 0; attempt -= 1) {
    const former = await unboundedActivity('Read what a former attempt did').readRun({ run: { ...run, attempt } });
    if (former) return former.facts.commitPoint !== undefined;
  }
  return false;
}

/** A step that changes nothing any more about where the application is: its failure is told, and what is left over is swept by the next run. */
async function reportingFailure(
  listener: UnwindListener,
  step: StepName,
  work: () => Promise<unknown>,
): Promise<boolean> {
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
