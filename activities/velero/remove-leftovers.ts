import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { hasCommitted } from '../../resources/run/facts.js';
import { veleroName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { findRestored, removeRestored } from './restored-objects.js';
import { RESTORE, runOf } from './velero-objects.js';

export async function removeLeftovers(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ removed: number }> {
  const record = await deps.store.runs.record(run);
  const target = await clusterOf(deps, record, 'target');
  const wait = {
    waitingFor: 'what an earlier attempt left on the target to be gone',
    where: `cluster ${target.name}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'Nothing was halted. Check what holds the objects named here: take off finalizers whose controller is not on this cluster, or correct the webhook that refuses their removal. Then start the migration again.',
  };
  return withPulse(wait, async (pulse) => ({ removed: await removeGivenUp(deps, run, record, target, pulse) }));
}

/**
 * Removes from the target namespaces what earlier runs of the plan restored and gave up again before anything was started. Velero
 * leaves what is there as it is: without this, the target would be started from an old state of the objects.
 */
export async function removeGivenUp(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  pulse: Pulse,
): Promise<number> {
  const { signal } = pulse;
  const { items: restores } = await target.list(RESTORE, {
    namespace: MIGRATION_NAMESPACE,
    labelSelector: `${LABELS.migratedByPlan}=${record.plan.uid}`,
    signal,
  });
  const earlier = restores.filter(({ metadata }) => metadata.name !== veleroName(run, 'final'));
  let removed = 0;
  for (const restore of earlier) {
    if (!(await wasGivenUp(deps, restore))) continue;
    const selector = `${LABELS.migratedByBackup}=${restore.spec.backupName}`;
    const leftovers = (await findRestored(target, record, selector, signal)).filter(
      ({ metadata }) => metadata.namespace !== undefined,
    );
    await removeRestored(target, leftovers, pulse);
    removed += leftovers.length;
  }
  return removed;
}

/** When nothing is known about a run, its target may be in use. */
async function wasGivenUp({ store }: ActivityDependencies, restore: KubeObject): Promise<boolean> {
  const ref = runOf(restore);
  const row = ref && (await store.runs.get(ref));
  return row !== undefined && !hasCommitted(row.facts);
}
