import { Context } from '@temporalio/activity';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { isWithinOneCluster, type RunRef } from '../../resources/run/run-record.js';
import { createOwn } from '../kit/create-own.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { backupCopy } from './backup-manifest.js';
import { BACKUP, inVelero } from './velero-objects.js';

export async function copyBackupToTarget(
  deps: ActivityDependencies,
  { run, backup }: { run: RunRef; backup: string },
): Promise<void> {
  const options = { signal: Context.current().cancellationSignal };
  const record = await deps.store.runs.record(run);
  if (isWithinOneCluster(record)) return;
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const finished = await source.get(inVelero(BACKUP, backup), options);
  if (!finished) {
    throw new StepFailure({
      type: FAILURE.BackupFailed,
      what: `Backup ${backup} is gone`,
      where: `cluster ${source.name}, namespace ${MIGRATION_NAMESPACE}`,
      why: 'It was deleted after it ended.',
      next: 'Start the migration again and leave its Velero objects alone while it runs.',
    });
  }
  await createOwn(target, backupCopy(finished), options);
}
