import type { RunWarning } from '../../resources/run/run-record.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';
import type { MigrationRun } from '../run/migration-run.js';

/** Backup: the source's objects by Velero, and the finished Backup put on the target at once, without waiting for Velero's sync. */
export async function backup({ summary }: StepInput): Promise<{ backup: string; warnings: string[] }> {
  const run = summary.ref;
  const made = await shortActivity(`Create the Velero Backup on ${summary.sourceCluster}`).createBackup({ run });
  const { warnings } = await waitActivity(`Wait for Backup ${made.backup}`).waitForBackup({ run, backup: made.backup });
  await shortActivity(`Put Backup ${made.backup} on ${summary.targetCluster}`).copyBackupToTarget({
    run,
    backup: made.backup,
  });
  return { backup: made.backup, warnings };
}

/** What a Restore has left to say, and to do. */
export interface Restored {
  warnings: string[];
  /** What was on the target already and stays as it is, or lacks accounts of the run. */
  notes?: RunWarning[];
  /** {@link restoreRest} is owed. */
  again?: boolean;
}

/** Restore: the objects by Velero on the target; after a quiesce they arrive at 0. */
export async function restore({ summary, backup }: StepInput & { backup: string }): Promise<Restored> {
  const run = summary.ref;
  if (summary.does.halts) await shortActivity('Check that nothing scaled the source up again').checkQuiesced({ run });
  const made = await shortActivity(`Create the Velero Restore on ${summary.targetCluster}`).createRestore({
    run,
    backup,
  });
  const { warnings, told, again } = await waitActivity(`Wait for Restore ${made.restore}`).waitForRestore({
    run,
    restore: made.restore,
  });
  const notes = [...(made.warnings ?? []), ...(told ?? [])];
  return { warnings, ...(notes.length > 0 && { notes }), ...(again && { again }) };
}

/** What could not be admitted while the application's own webhooks did not run. */
export async function restoreRest({ ref }: MigrationRun): Promise<string[]> {
  const { warnings } = await waitActivity("Restore what the application's own webhooks admit now").restoreAgain({
    run: ref,
  });
  return warnings;
}
