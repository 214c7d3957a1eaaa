import type { RunRef } from '../../resources/run/run-record.js';
import { keeperOf } from '../../resources/workloads/ownership.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { haltedBy } from './halted-workloads.js';
import { choosesWorkloads, sourceNamespaces, sourceWorkloads } from './list-workloads.js';
import { belongsTo } from './pods-of.js';
import { failIfScaledUp } from './scaled-up-again.js';
import { asTheyStand, failIfScaledSinceQuiesce } from './settled-workloads.js';
import { isShared, usesVolumes } from './shared-namespaces.js';
import { untilPodsGone } from './until-pods-gone.js';

/**
 * Every pod that a controller keeps must go, whatever its kind: a pod whose controller this system cannot halt would keep writing. Where
 * only some workloads are the run's, their pods and those that mount its claims.
 */
export async function waitForQuiesce(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<{ pods: number }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  const namespaces = sourceNamespaces(record);
  const wait = {
    waitingFor: 'the last pod of the halted applications to end',
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.quiesce,
    next: 'Find out why the pods named here do not end (finalizers, a lost node, a long grace period, a controller that creates them again), or raise quiesce_patience_seconds in the MigrationController, and start the migration again.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const halted = await haltedBy(deps, run);
    const check = (): Promise<void> => failIfScaledUp(client, record, signal, halted);
    await check();
    const settledWorkloads = await asTheyStand(client, record, signal);
    const isChosen = belongsTo(client, await sourceWorkloads(client, record, signal), { signal });
    const pods = await untilPodsGone(client, {
      namespaces,
      concerns: async (pod) => {
        const keeper = keeperOf(pod);
        // Pods kept by the node itself (kind Node) belong to the cluster, not to an application.
        if (!keeper || keeper.kind === 'Node') return false;
        if ((await client.withoutHelpers([pod])).length === 0) return false;
        if (!choosesWorkloads(record) && !isShared(record, pod.metadata.namespace)) return true;
        return usesVolumes(record, pod) || isChosen(pod);
      },
      onArrival: check,
      pulse,
    });
    await check();
    // Replaces what was recorded before: what is copied from now on was written before now.
    await deps.store.runs.addFacts(run, { settledWorkloads });
    return { pods };
  });
}

export async function checkQuiesced(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'the list of the source workloads', where: `cluster ${client.name}` };
  await withPulse(wait, async ({ signal }) => {
    await failIfScaledUp(client, record, signal, await haltedBy(deps, run));
    await failIfScaledSinceQuiesce(deps, run, record, { client, signal });
  });
}
