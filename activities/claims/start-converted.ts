import { hasCommitted } from '../../resources/run/facts.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { tellOf } from '../kit/run-log.js';
import { recordWhileRunning, refuseUnlessRunning } from '../kit/while-running.js';
import { listWorkloads, sourceNamespaces } from '../workloads/list-workloads.js';
import { resumeWorkloads } from '../workloads/resume-workloads.js';
import { failIfScaledUp } from '../workloads/scaled-up-again.js';

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
    next: 'See what keeps the workloads named here from being scaled.',
  };
  return withPulse(wait, async ({ signal }) => {
    const namespaces = sourceNamespaces(record);
    const halted = await listWorkloads(client, { namespaces, signal });
    const { keepAnnotations } = record.options;
    const how = {
      signal,
      keepAnnotations,
      patienceSeconds: record.settings.patience.start,
      tell: tellOf(deps, run, 'start'),
    };
    const facts = (await deps.store.runs.get(run))?.facts;
    if (!hasCommitted(facts)) {
      // What the cluster refuses (policies, webhooks, quotas) is found while the former claims can still be given back.
      await resumeWorkloads(client, record.plan.uid, halted, { ...how, dryRun: true });
      await failIfScaledUp(client, record, signal);
      await recordWhileRunning(deps, run, { commitPoint: new Date().toISOString() });
    }
    await resumeWorkloads(client, record.plan.uid, halted, { ...how, fence: () => refuseUnlessRunning(deps, run) });
    return {
      workloads: (await listWorkloads(client, { namespaces, signal })).filter((object) => !isHalted(object)).length,
    };
  });
}
