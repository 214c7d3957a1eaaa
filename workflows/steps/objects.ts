import type { RunWarning } from '../../resources/run/run-record.js';
import type { StepInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';

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

/** Restore: the objects by Velero on the target; after a quiesce they arrive at 0. */
export async function restore({
  summary,
  backup,
}: StepInput & { backup: string }): Promise<{ warnings: string[]; notes?: RunWarning[] }> {
  const run = summary.ref;
  if (summary.does.halts) await shortActivity('Check that nothing scaled the source up again').checkQuiesced({ run });
  const made = await shortActivity(`Create the Velero Restore on ${summary.targetCluster}`).createRestore({
    run,
    backup,
  });
  const { warnings } = await waitActivity(`Wait for Restore ${made.restore}`).waitForRestore({
    run,
    restore: made.restore,
  });
  return { warnings, ...(made.warnings && { notes: made.warnings }) };
}
