import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { recordContent } from './backup-content.js';
import { judge } from './outcome.js';
import { untilEnded } from './until-ended.js';
import { BACKUP } from './velero-objects.js';

export async function waitForBackup(
  deps: ActivityDependencies,
  { run, backup }: { run: RunRef; backup: string },
): Promise<{ items: number; warnings: string[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  return withPulse(
    {
      waitingFor: `Backup ${backup} to end`,
      where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
      patienceSeconds: record.settings.patience.backup,
      next: 'Check what Velero is doing (kubectl logs deployment/velero), then start the migration again.',
    },
    async (pulse) => {
      const ended = await untilEnded(client, BACKUP, backup, pulse);
      const { warnings } = await judge(deps, { run, record, client, signal: pulse.signal }, ended);
      await recordContent(deps, { run, record, backup, signal: pulse.signal });
      return { items: ended.status.progress?.itemsBackedUp ?? 0, warnings };
    },
  );
}
