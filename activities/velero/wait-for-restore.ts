import type { ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/labels.js';
import type { RunRecord, RunRef } from '../../resources/run-record.js';
import { type ActivityDependencies, clusterOf } from '../dependencies.js';
import { type Pulse, withPulse } from '../pulse.js';
import { judge } from './outcome.js';
import { removeAll } from './remove-leftovers.js';
import { STRAY_ROLE } from './restore-modifiers.js';
import { findRestored } from './restored-objects.js';
import { untilEnded } from './until-ended.js';
import { RESTORE } from './velero-objects.js';

export async function waitForRestore(
  deps: ActivityDependencies,
  { run, restore }: { run: RunRef; restore: string },
): Promise<{ items: number; warnings: string[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target');
  const wait = {
    waitingFor: `Restore ${restore} to end`,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'See what Velero is doing (kubectl logs deployment/velero), then start the migration again.',
  };
  return withPulse(wait, async (pulse) => {
    const ended = await untilEnded(client, RESTORE, restore, pulse);
    // Also what a failed Restore brought is ours to remove: it is recorded before the failure is told.
    const [settled, judged] = await Promise.allSettled([
      settleRestored(deps, run, record, client, pulse),
      judge(deps, { run, record, client, signal: pulse.signal }, ended),
    ]);
    if (settled.status === 'rejected') throw settled.reason;
    if (judged.status === 'rejected') throw judged.reason;
    return { items: ended.status.progress?.itemsRestored ?? 0, warnings: judged.value };
  });
}

/** Records what a Restore brought, by uid, and removes what must not stay. */
export async function settleRestored(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  pulse: Pulse,
): Promise<void> {
  const restored = await findRestored(target, record, `${LABELS.migratedByMigration}=${run.uid}`, pulse.signal);
  const strays = restored.filter(({ metadata }) => metadata.labels?.[LABELS.helperRole] === STRAY_ROLE);
  const stays = restored.filter((object) => !strays.includes(object));
  await deps.store.runs.recordCreated(
    run,
    stays.map(({ apiVersion, kind, metadata: { namespace, name, uid = '' } }) => ({
      cluster: record.target.uid,
      apiVersion,
      kind,
      namespace,
      name,
      uid,
    })),
  );
  await removeAll(target, strays, pulse);
}
