import type { RunRef, RunSummary } from '../../resources/run/run-record.js';

/** How a rollback takes back what runs of its plan brought to the target. All may be repeated. */
export interface RollbackActivities {
  /** Asks every other unfinished migration of the plan to cancel, but for rollbacks, so that the rollback's turn comes once they have unwound. */
  cancelOtherMigrations(input: { run: RunRef }): Promise<{ asked: string[] }>;
  /**
   * The record of the rollback: clusters of the plan's newest run (of the plan if there was none), and namespaces and volumes of all its
   * runs since the last successful rollback, whatever the plan says by now. Needs no Ready plan. Its summary says `converted` when
   * workloads run on converted claims.
   *
   * @throws StepFailure PlanNotReady when the plan or one of the clusters is gone, or its MigCluster is another cluster by now
   */
  freezeRollback(input: { run: RunRef; workflowId: string }): Promise<RunSummary>;
  /**
   * Stops what the plan's runs started on the target: workloads to 0, bare pods of ours deleted, until no pod is left. Records in the run's
   * facts that the rollback has begun, before it stops anything, and which claims pods wrote to until then.
   *
   * @throws StepFailure TargetVolumeInUse before anything is stopped when pods that are not of the migration use claims of it
   * @throws StepFailure PatienceSpent naming the pods that do not end
   */
  haltTarget(input: { run: RunRef }): Promise<{ workloads: number }>;
  /**
   * Deletes from the target what carries the plan's label and is recorded by uid as made by its runs, cluster-scoped objects included,
   * and waits until it is gone. Volumes of deleted claims go or stay by the reclaim policy they had before the migration.
   *
   * @returns `kept`: namespaces and definitions in which others keep objects, what was created again, released volumes; `discarded`:
   *   claims that pods wrote to, with size and pods. Both as the operator reads them, and in the log of the run
   * @throws StepFailure TargetVolumeInUse as above, before anything is deleted
   * @throws StepFailure PatienceSpent naming what does not go and what holds it
   */
  removeMigrated(input: { run: RunRef }): Promise<{ removed: number; kept: string[]; discarded: string[] }>;
}
