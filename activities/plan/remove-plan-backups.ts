import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import { waitUntilGone } from '../../clusters/wait-for.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Pulse } from '../kit/pulse.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { deleteBackup } from '../velero/delete-backup.js';
import { hasEnded, untilEnded } from '../velero/until-ended.js';
import { BACKUP, RESTORE } from '../velero/velero-objects.js';
import type { PlanInput, RemovalOutcome } from './contract.js';
import { findEndedRuns } from './ended-runs.js';
import { refuseUnlessPlanDeleted } from './find-plan.js';
import { inEachCluster } from './in-each-cluster.js';

/**
 * Removes the Restores, each with what the bucket holds of it as long as its Backup is there, then the Backups. The first Velero that can
 * be asked empties the bucket, the source's before the target's; on the other cluster the object alone goes.
 */
export async function removePlanBackups(deps: ActivityDependencies, plan: PlanInput): Promise<RemovalOutcome> {
  const fence = () => refuseUnlessPlanDeleted(deps.store, plan);
  await fence();
  const { runs, clusters } = await findEndedRuns(deps.store, plan.uid);
  const { settings } = await readStoredSettings(deps);
  const uids = new Set(runs.map(({ uid }) => uid));
  const { cleanup, backup } = settings.run.patience;
  const wait = {
    fence,
    answerSeconds: cleanup,
    waitingFor: 'the Backups and Restores of the plan to be deleted',
    patienceSeconds: backup,
    next: 'Check that Velero runs there. They expire with their TTL; to remove them now: velero backup delete.',
  };
  const restores = await inEachCluster(deps, clusters, wait, async (client, pulse) => {
    const found = await listOf(client, RESTORE, plan.uid, uids, pulse);
    for (const restore of found) await removeObject(client, restore, pulse);
    return found.length;
  });
  const emptied = new Set<string>();
  const backups = await inEachCluster(deps, restores.answered, wait, async (client, pulse) => {
    const found = await listOf(client, BACKUP, plan.uid, uids, pulse);
    for (const backup of found) {
      const { name } = backup.metadata;
      if (emptied.has(name)) await removeObject(client, backup, pulse);
      else await deleteBackup(client, backup, pulse);
      emptied.add(name);
      pulse.moved(`${describeReference(referenceOf(backup))} is deleted.`);
    }
    return found.length;
  });
  return { removed: restores.removed + backups.removed, errors: [...new Set([...restores.errors, ...backups.errors])] };
}

/** What Velero has finished of these runs. */
async function listOf(
  client: ClusterClient,
  type: ApiType,
  planUid: string,
  runUids: ReadonlySet<string>,
  pulse: Pulse,
): Promise<KubeObject[]> {
  const { signal } = pulse;
  if (!(await client.resourceOf(type, { signal }))) return [];
  const labelSelector = `${LABELS.migratedByPlan}=${planUid}`;
  const { items } = await client.list(type, { namespace: MIGRATION_NAMESPACE, labelSelector, signal });
  const found = items.filter(({ metadata }) => runUids.has(metadata.labels?.[LABELS.migrationUid] ?? ''));
  return Promise.all(
    found.map((object) => (hasEnded(object) ? object : untilEnded(client, type, object.metadata.name, pulse))),
  );
}

async function removeObject(client: ClusterClient, object: KubeObject, { signal, observe }: Pulse): Promise<void> {
  const reference = referenceOf(object);
  const { uid } = object.metadata;
  await client.remove(reference, { uid, signal });
  await waitUntilGone(client, reference, {
    uid,
    signal,
    onChange: (seen) => {
      if (seen) observe(`${describeReference(reference)} is still there${heldBy(seen)}.`);
    },
  });
}

const heldBy = ({ metadata: { finalizers = [] } }: KubeObject): string =>
  finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : '';
