import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { listWorkloads, sourceNamespaces } from '../workloads/list-workloads.js';
import { resumeWorkloads } from '../workloads/resume-workloads.js';
import { failIfScaledUp } from '../workloads/scaled-up-again.js';

export async function rehearseConverted(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  // Each call has its own time limit, and Temporal ends the deed.
  const wait = {
    waitingFor: 'the cluster to say whether it would start the workloads',
    where: `cluster ${client.name}`,
  };
  return withPulse(wait, async ({ signal }) => {
    const halted = await listWorkloads(client, { namespaces: sourceNamespaces(record), signal });
    await resumeWorkloads(client, record.plan.uid, halted, { signal, dryRun: true });
    await failIfScaledUp(client, record, signal);
    return { workloads: halted.length };
  });
}
