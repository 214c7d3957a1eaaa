import type { StepInput } from '../../temporal/contract/inputs.js';
import { deed, wait } from '../kit/activities.js';

/** Backup: the source's objects by Velero, and the finished Backup put on the target at once, without waiting for Velero's sync. */
export async function backup({ summary }: StepInput): Promise<{ backup: string; warnings: string[] }> {
  const run = summary.ref;
  const made = await deed(`Create the Velero Backup on ${summary.sourceCluster}`).createBackup({ run });
  const { warnings } = await wait(`Wait for Backup ${made.backup}`).waitForBackup({ run, backup: made.backup });
  await deed(`Put Backup ${made.backup} on ${summary.targetCluster}`).copyBackupToTarget({ run, backup: made.backup });
  return { backup: made.backup, warnings };
}
