import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { listWorkloads, sourceNamespaces } from '../workloads/list-workloads.js';
import { failIfScaledUp } from '../workloads/scaled-up-again.js';
import { rehearseResuming, type Start } from '../workloads/start-for-good.js';

export async function rehearseConverted(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = {
    waitingFor: 'the cluster to say whether it would start the workloads',
    where: `cluster ${client.name}`,
  };
  return withPulse(wait, async ({ signal }) => {
    const workloads = await listWorkloads(client, { namespaces: sourceNamespaces(record), signal });
    await rehearseOnNewClaims({ record, client, workloads, signal });
    return { workloads: workloads.length };
  });
}

/** What the cluster refuses is found while the former claims can still be given back. */
export async function rehearseOnNewClaims(start: Start): Promise<void> {
  await rehearseResuming(start);
  await failIfScaledUp(start.client, start.record, start.signal);
}
