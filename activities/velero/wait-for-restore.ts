import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { judge } from './outcome.js';
import { settleRestored } from './settle-restored.js';
import { requestTokens } from './token-requests.js';
import { untilRestored } from './until-restored.js';

export async function waitForRestore(
  deps: ActivityDependencies,
  { run, restore }: { run: RunRef; restore: string },
): Promise<{ items: number; warnings: string[] }> {
  const record = await deps.store.runs.record(run);
  const [source, client] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const wait = {
    waitingFor: `Restore ${restore} to end`,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'Check what Velero is doing (kubectl logs deployment/velero), then start the migration again.',
  };
  return withPulse(wait, async (pulse) => {
    const ended = await untilRestored(client, restore, pulse);
    // Also what a failed Restore brought is ours to remove: it is recorded before the failure is told.
    const [settled, judged] = await Promise.allSettled([
      settleRestored(deps, run, record, client, pulse),
      judge(deps, { run, record, client, signal: pulse.signal }, ended),
    ]);
    if (settled.status === 'rejected') throw settled.reason;
    if (judged.status === 'rejected') throw judged.reason;
    await requestTokens(deps, run, record, { source, target: client }, pulse.signal);
    return { items: ended.status.progress?.itemsRestored ?? 0, warnings: judged.value };
  });
}
