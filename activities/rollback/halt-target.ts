import type { RunRef } from '../../resources/run-record.js';
import { type ActivityDependencies, clusterOf } from '../dependencies.js';
import { withPulse } from '../pulse.js';
import { bringDown } from '../workloads/bring-down.js';
import { restoredWorkloads } from '../workloads/list-workloads.js';
import { findCreations, readCreations } from './created-objects.js';
import { recordDiscards } from './discards.js';

export async function haltTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target');
  const creations = await readCreations(deps, record);
  const namespaces = [...new Set(creations.objects.flatMap(({ namespace }) => namespace ?? []))];
  const wait = {
    waitingFor: 'the last pod of the migrated applications to end',
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.quiesce,
    next: 'See why the pods named here do not end. The source is not started while they run.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    await recordDiscards(deps, run, record, { client, creations, signal });
    const workloads = (await restoredWorkloads(client, record, signal, namespaces)).filter(({ metadata }) =>
      creations.created.has(metadata.uid ?? ''),
    );
    const pods = creations.objects.filter(({ kind }) => kind === 'Pod');
    const { ours } = await findCreations(client, pods, creations, signal);
    return {
      workloads: await bringDown(client, { planUid: record.plan.uid, namespaces, workloads, pods: ours }, pulse),
    };
  });
}
