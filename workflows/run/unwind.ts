import { isCancellation } from '@temporalio/workflow';
import { hasCommitted, type RunFacts, type WorkflowFacts } from '../../resources/run/facts.js';
import type { Itinerary, RunRef, RunSummary } from '../../resources/run/run-record.js';
import type { StepName } from '../../resources/run/steps.js';
import { shortActivity, unboundedActivity, waitActivity } from '../kit/activities.js';
import { retryUntilDone } from '../kit/retry-until-done.js';
import type { MigrationRun } from './migration-run.js';
import { type Owed, owedBy, UNDO_STEPS } from './owed.js';
import { throwIfEnded } from './run-has-ended.js';
import type { UnwindOutcome } from './unwind-outcomes.js';

/** What was recorded of a run. */
interface Recorded {
  summary: RunSummary;
  facts: WorkflowFacts;
}

/**
 * Brings the source back by the recorded facts, whatever happened to the workflow that recorded them. After the commit point nothing is
 * owed: the source stays down. Helpers are removed last: the application comes first.
 *
 * @param itinerary what the run set out to do, as far as it knew
 */
export async function unwind(run: MigrationRun, itinerary: Itinerary): Promise<UnwindOutcome> {
  const { ref } = run;
  const recorded = await unboundedActivity('Read what there is to undo').readRun({ run: ref });
  const facts = recorded?.facts ?? {};
  const owed = hasCommitted(facts) ? [] : owedBy(facts);
  const reservations = await undoAll(run, owed);

  run.begin('CleanupHelpers');
  if (recorded === undefined) {
    run.complete('CleanupHelpers', 'Nothing had been made yet.');
    if (itinerary === 'Rollback') return 'rollback-not-begun';
    return ref.attempt > 1 && (await hadCommittedBefore(ref)) ? 'as-left-before' : 'untouched';
  }
  const [isConfirmed] = await Promise.all([
    confirmAll(run, owed),
    reportingFailure(run, 'CleanupHelpers', () =>
      Promise.all([
        waitActivity('Remove the helpers of this run from both clusters').sweepHelpers({ run: ref }),
        shortActivity('Record what the run made and could not report').recordMade({ run: ref }),
      ]),
    ),
  ]);
  return outcomeOf(recorded, { isConfirmed, reservations });
}

/** @returns types of the warnings that came up */
async function undoAll(run: MigrationRun, owed: readonly Owed[]): Promise<string[]> {
  const reservations: string[] = [];
  for (const step of UNDO_STEPS) {
    const ofStep = owed.filter((item) => item.step === step);
    if (ofStep.length === 0) {
      run.skip(step);
      continue;
    }
    run.begin(step);
    for (const undo of ofStep.flatMap((item) => item.undo)) {
      const warnings = await retryUntilDone(
        run.obstacles,
        () => undo({ run: run.ref }),
        () => throwIfEnded(run.ref),
      );
      run.warn(warnings);
      reservations.push(...warnings.map(({ type }) => type));
    }
    if (ofStep.every(({ confirm }) => confirm === undefined)) run.complete(step);
  }
  return reservations;
}

/** @returns whether everything was seen to run */
async function confirmAll(run: MigrationRun, owed: readonly Owed[]): Promise<boolean> {
  const confirmed = await Promise.all(
    owed.map(
      ({ step, confirm }) => confirm === undefined || reportingFailure(run, step, () => confirm({ run: run.ref })),
    ),
  );
  return confirmed.every(Boolean);
}

/** Where the application is now. */
function outcomeOf(
  { summary, facts }: Recorded,
  { isConfirmed, reservations }: { isConfirmed: boolean; reservations: readonly string[] },
): UnwindOutcome {
  if (summary.does.starts === 'source') return facts.rollbackBegun ? 'rollback-begun' : 'rollback-not-begun';
  if (hasCommitted(facts)) return committedAs(summary, facts);
  if (!facts.quiesceOwed) return 'untouched';
  if (!isConfirmed || reservations.includes('WorkloadsNotStarted')) return 'source-starting';
  return reservations.includes('SourceKeptDown') ? 'source-kept-down' : 'source-running';
}

function committedAs(summary: RunSummary, facts: RunFacts): UnwindOutcome {
  if (summary.does.starts === 'source-on-new-claims') return 'on-new-claims';
  if (summary.does.commitsAt === 'last-copy') return 'copied';
  return facts.quiesceOwed ? 'target-running' : 'both-running';
}

/** Whether the newest attempt before this one that was recorded had passed its commit point. */
async function hadCommittedBefore(run: RunRef): Promise<boolean> {
  for (let attempt = run.attempt - 1; attempt > 0; attempt -= 1) {
    const former = await unboundedActivity('Read what a former attempt did').readRun({ run: { ...run, attempt } });
    if (former) return hasCommitted(former.facts);
  }
  return false;
}

/** A step that no longer changes where the application is: its failure is shown, and what is left over is removed by the next run. */
async function reportingFailure(run: MigrationRun, step: StepName, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    run.complete(step);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    run.fail(step, error);
    return false;
  }
}
