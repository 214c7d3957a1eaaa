import type { RunRef, RunSummary } from '../../resources/run-record.js';

/** How a rollback takes back what runs of its plan brought to the target. All may be repeated. */
export interface RollbackActivities {
  /** Asks every other unfinished migration of the plan to cancel, so that the rollback's turn comes once they have unwound. */
  cancelOtherMigrations(input: { run: RunRef }): Promise<{ asked: string[] }>;
  /**
   * The record of the rollback: clusters of the plan, and namespaces and volumes of all its runs since the last rollback, whatever the
   * plan says by now. Needs no Ready plan. Its summary says `converted` when workloads run on converted claims.
   */
  freezeRollback(input: { run: RunRef; workflowId: string }): Promise<RunSummary>;
  /** Stops what the plan's runs started on the target: workloads to 0, bare pods of ours deleted, until no pod is left. */
  haltTarget(input: { run: RunRef }): Promise<{ workloads: number }>;
  /**
   * Deletes from the target what carries the plan's label and is recorded by uid as made by its runs, cluster-scoped objects included,
   * and waits until it is gone. Namespaces and definitions in which others keep objects stay and are named.
   *
   * @throws StepFailure PatienceSpent naming what does not go and what holds it
   */
  removeMigrated(input: { run: RunRef }): Promise<{ removed: number; kept: string[]; discarded: string[] }>;
}
