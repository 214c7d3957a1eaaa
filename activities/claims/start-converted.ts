import type { RunRef } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { listWorkloads, sourceNamespaces } from '../workloads/list-workloads.js';
import { startForGood } from '../workloads/start-for-good.js';
import { rehearseOnNewClaims } from './rehearse-converted.js';

export async function startConverted(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  const wait = {
    waitingFor: 'the workloads to take their former scale',
    where: `cluster ${client.name}`,
    patienceSeconds: record.settings.patience.start,
    next: 'Check what keeps the workloads named here from being scaled.',
  };
  return withPulse(wait, async ({ signal }) => {
    const namespaces = sourceNamespaces(record);
    const start = { record, client, workloads: await listWorkloads(client, { namespaces, signal }), signal };
    await startForGood(deps, run, start, async (isCommitted) => {
      if (!isCommitted) await rehearseOnNewClaims(start);
    });
    return {
      workloads: (await listWorkloads(client, { namespaces, signal })).filter((object) => !isHalted(object)).length,
    };
  });
}
