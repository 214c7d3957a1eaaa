import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { hasCommitted } from '../../resources/run/facts.js';
import { veleroName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Pulse } from '../kit/pulse.js';
import { findRestored, removeRestored } from './restored-objects.js';
import { RESTORE, runOf } from './velero-objects.js';

/**
 * Removes from the target namespaces what earlier runs of the plan restored and gave up again before anything was started. Velero
 * leaves what is there as it is: without this, the target would be started from an old state of the objects.
 */
export async function removeLeftovers(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  pulse: Pulse,
): Promise<void> {
  const { signal } = pulse;
  const { items: restores } = await target.list(RESTORE, {
    namespace: MIGRATION_NAMESPACE,
    labelSelector: `${LABELS.migratedByPlan}=${record.plan.uid}`,
    signal,
  });
  const earlier = restores.filter(({ metadata }) => metadata.name !== veleroName(run, 'final'));
  for (const restore of earlier) {
    if (!(await wasGivenUp(deps, restore))) continue;
    const selector = `${LABELS.migratedByBackup}=${restore.spec.backupName}`;
    const leftovers = (await findRestored(target, record, selector, signal)).filter(
      ({ metadata }) => metadata.namespace !== undefined,
    );
    await removeRestored(target, leftovers, pulse);
  }
}

/** When nothing is known about a run, its target may be in use. */
async function wasGivenUp({ store }: ActivityDependencies, restore: KubeObject): Promise<boolean> {
  const ref = runOf(restore);
  const row = ref && (await store.runs.get(ref));
  return row !== undefined && !hasCommitted(row.facts);
}
