import type { RunFacts, WorkflowFacts } from '../../resources/run/facts.js';
import type { Itinerary, RunRef, RunSummary } from '../../resources/run/run-record.js';
import type { RunState } from '../../resources/run/run-state.js';

export interface RunActivities {
  /** Takes the plan's one place; resolves when it is this run's turn. Until then the migration's status has the condition `Postponed`. */
  waitForTurn(input: { run: RunRef }): Promise<void>;
  /** Freezes the run record: reads migration, plan, clusters, storage, settings; fails with PlanNotReady naming the conditions. Idempotent. */
  freezeRun(input: { run: RunRef; workflowId: string }): Promise<RunSummary>;
  /** Undefined when no record was frozen yet (recover of a run that never got so far). */
  readRun(input: { run: RunRef }): Promise<{ summary: RunSummary; facts: WorkflowFacts; state: RunState } | undefined>;
  /**
   * Compares and sets: `ended` when the run had gone past that state, which then stays as it is. `status`: of an end, what the run
   * ends with; recorded with it, so that a root lost before it wrote that does not take it along.
   */
  setRunState(input: {
    run: RunRef;
    state: RunState;
    itinerary: Itinerary;
    status?: Record<string, unknown>;
  }): Promise<'set' | 'ended'>;
  /** Fails with Refused when the run unwinds or has ended: what would be undone by these facts must not be done any more. */
  recordFacts(input: { run: RunRef; facts: RunFacts }): Promise<void>;
  /** Writes MigMigration.status when the revision is newer; emits Kubernetes Events for new conditions; keeps the steps in the history. */
  writeStatus(input: { run: RunRef; revision: number; status: Record<string, unknown> }): Promise<void>;
  /** Releases the plan's place and removes the finalizer. Last activity of a run. */
  finishRun(input: { run: RunRef }): Promise<void>;
  /** Cancels the open step workflows of a run whose root workflow is gone, and resolves when all of them are closed. */
  settleSteps(input: { run: RunRef }): Promise<{ settled: number }>;
}
