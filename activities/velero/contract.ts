import type { RunRef, RunWarning } from '../../resources/run/run-record.js';

export interface VeleroActivities {
  /** BackupStorageLocation (backupSyncPeriod 0s) and its credentials Secret for the run's storage on both clusters, Available. */
  ensureBackupLocations(input: { run: RunRef }): Promise<void>;
  /** Creates the Backup of the objects on the source (name derived from the run). Idempotent. */
  createBackup(input: { run: RunRef }): Promise<{ backup: string }>;
  /** Until the Backup ended. PartiallyFailed gives warnings, Failed fails with the excerpt. */
  waitForBackup(input: { run: RunRef; backup: string }): Promise<{ items: number; warnings: string[] }>;
  /** Puts the Completed Backup object on the target, so that nothing waits for Velero's sync. */
  copyBackupToTarget(input: { run: RunRef; backup: string }): Promise<void>;
  /**
   * Removes from the target what earlier runs of the plan restored and gave up, while the source still runs: what holds an object (a
   * finalizer whose controller is not there) is told before anything is halted.
   */
  removeLeftovers(input: { run: RunRef }): Promise<{ removed: number }>;
  /** Resource modifiers and the Restore: namespace mapping, storage classes, MTC's labels, workloads at 0 with MTC's annotations. Warns of what the target has under the same name and that lacks accounts of the run. */
  createRestore(input: { run: RunRef; backup: string }): Promise<{ restore: string; warnings?: RunWarning[] }>;
  /**
   * Until the Restore ended. PartiallyFailed gives warnings with the excerpt of describe and log; `told` warns of what was there already
   * and differs. Records created objects by uid. Fails with Refused, where the run halts, when the target did not take a workload that it
   * halted, or something whose own webhook will not be there. `again`: the target did not take objects since their webhook, which the
   * application serves itself, does not run yet: {@link restoreAgain} is owed, and recorded in the run's facts.
   */
  waitForRestore(input: {
    run: RunRef;
    restore: string;
  }): Promise<{ items: number; warnings: string[]; told?: RunWarning[]; again?: boolean }>;
  /**
   * Once the application runs: restores what its own webhooks could not admit before, until they have. Nothing to do for a run that does
   * not owe it. Fails with PatienceSpent when they do not.
   */
  restoreAgain(input: { run: RunRef }): Promise<{ warnings: string[] }>;
  /** For the unwind: a running Restore cannot be stopped; resolves when it ended or was never made. */
  waitForRestoreIdle(input: { run: RunRef }): Promise<void>;
}
