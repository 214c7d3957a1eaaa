import type { RunSummary } from '../../resources/run/run-record.js';
import type { RunInput } from '../../temporal/contract/inputs.js';
import { shortActivity, waitActivity } from '../kit/activities.js';

/** Prepare: the plan's single place, the frozen record of what this run does, and where its backups go. */
export async function prepare({ run, workflowId }: RunInput & { workflowId: string }): Promise<RunSummary> {
  await waitActivity('Wait until no other migration of the plan runs').waitForTurn({ run });
  const summary = await shortActivity('Freeze plan, volumes and settings for this run').freezeRun({ run, workflowId });
  // A run that continues after the restore no longer needs a repository.
  const restored = summary.resume !== undefined && summary.does.commitsAt === 'start';
  if (summary.does.usesRepository && !restored) {
    await waitActivity('Make the backup storage location available on both clusters').ensureBackupLocations({ run });
  }
  return summary;
}

/** Prepare of a DirectVolumeMigration: the frozen record of what is copied, once nothing blocks it. */
export const prepareVolumes = (input: RunInput & { workflowId: string }): Promise<RunSummary> =>
  waitActivity('Check claims and clusters, and freeze what is copied').freezeVolumes(input);
