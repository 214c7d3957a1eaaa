import type { RunRef } from '../../resources/run-record.js';
import { type ActivityDependencies, clusterOf } from '../dependencies.js';
import { withPulse } from '../pulse.js';
import { bringDown } from './bring-down.js';
import { restoredWorkloads, targetNamespaces } from './list-workloads.js';

export async function confirmTargetDown(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target');
  const namespaces = targetNamespaces(record);
  const wait = {
    waitingFor: 'the last pod of the restored applications to end',
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.quiesce,
    next: 'See why the pods named here do not end. The source is not started while they run.',
  };
  await withPulse(wait, async (pulse) => {
    const workloads = await restoredWorkloads(client, record, pulse.signal);
    await bringDown(client, { planUid: record.plan.uid, namespaces, workloads }, pulse);
  });
}
