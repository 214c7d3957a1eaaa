import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isConflict } from '../../clusters/kubernetes-api-error.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { settleRestored } from './settle-restored.js';
import { hasEnded } from './until-ended.js';
import { phaseOf, RESTORE, restoresOf } from './velero-objects.js';
import { watchingServer } from './watching-server.js';

const WAITING_FOR = 'the Restore of this migration to end';

export async function waitForRestoreIdle(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target', 'back');
  const wait = {
    waitingFor: WAITING_FOR,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'Velero cannot stop a Restore. Let Velero run again, or remove the Restore by hand once nothing works on it.',
  };
  await withPulse(wait, async (pulse) => {
    const found = await untilNoneRuns(client, run, pulse);
    if (found) await settleRestored(deps, run, record, client, pulse);
  });
}

/** True when there was one. */
const untilNoneRuns = (client: ClusterClient, run: RunRef, pulse: Pulse): Promise<boolean> =>
  watchingServer(client, pulse, WAITING_FOR, async ({ signal, moved }) => {
    const restores = new Map<string, KubeObject>();
    const scope = { namespace: MIGRATION_NAMESPACE, labelSelector: restoresOf(run), signal };
    for await (const event of client.watch(RESTORE, scope)) {
      if (event.type === 'SYNCED') restores.clear();
      for (const restore of event.type === 'SYNCED' ? event.objects : [event.object]) {
        if (event.type === 'DELETED') restores.delete(restore.metadata.name);
        else restores.set(restore.metadata.name, restore);
      }
      const open = [...restores.values()].filter((restore) => !hasEnded(restore) && !isWithdrawn(restore));
      if (open.length === 0) return restores.size > 0;
      moved(open.map((restore) => `Restore ${restore.metadata.name} is ${phaseOf(restore)}.`).join(' '));
      await Promise.all(open.map((restore) => withdraw(client, restore, pulse)));
    }
    throw new Error('unreachable: a watch has no end');
  });

/** Velero does not begin one that is being deleted. */
const isWithdrawn = (restore: KubeObject): boolean =>
  phaseOf(restore) === 'New' && restore.metadata.deletionTimestamp !== undefined;

/** One that Velero has not started must not start later. The precondition fails when it starts at this moment; then it is waited for. */
async function withdraw(client: ClusterClient, restore: KubeObject, { signal }: Pulse): Promise<void> {
  if (phaseOf(restore) !== 'New') return;
  const { uid, resourceVersion } = restore.metadata;
  try {
    await client.remove(referenceOf(restore), { uid, resourceVersion, signal });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
