import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference } from '../../resources/meta/kube-object.js';
import type { RunRef, RunWarning } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { failIfNotArrived } from './arrived.js';
import { createBarePods } from './bare-pods.js';
import { haltedBy, missingFrom } from './halted-workloads.js';
import { listWorkloads, restoredWorkloads, targetNamespaces } from './list-workloads.js';
import { rehearseRestored } from './rehearse-start.js';
import { pausedByOwners, restoredScalers } from './restored-scalers.js';
import { failIfScaledUp } from './scaled-up-again.js';
import { failIfScaledSinceQuiesce } from './settled-workloads.js';
import { startForGood } from './start-for-good.js';
import { untilObserved } from './until-seen.js';

/** Starts what any run of the plan restored: what an earlier one left is part of the application, since Velero leaves what is there as it is. */
export async function startTarget(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number; warnings: RunWarning[] }> {
  const record = await deps.store.runs.record(run);
  const source = await clusterOf(deps, record, 'source');
  const target = await clusterOf(deps, record, 'target');
  const wait = {
    waitingFor: 'the target workloads to take their scale',
    where: `cluster ${target.name}`,
    patienceSeconds: record.settings.patience.start,
    next: 'Check that the controller manager of the target works: it has not noticed what was restored.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const [workloads, scalers] = await Promise.all([
      restoredWorkloads(target, record, signal),
      restoredScalers(target, record, signal),
    ]);
    const start = { record, client: target, workloads, scalers, signal };
    await untilObserved(target, start.workloads, pulse);
    await startForGood(deps, run, start, async (isCommitted) => {
      if (!isCommitted) await rehearseRestored(start, source);
      if (!record.does.halts) return;
      if (!isCommitted) await failIfNotArrived(deps, run, record, { source, target, signal });
      // After the commit point too: a retry may come much later, and what was started on the source by hand since then writes there.
      await failIfScaledUp(source, record, signal, await haltedBy(deps, run));
      if (!isCommitted) await failIfScaledSinceQuiesce(deps, run, record, { client: source, signal });
    });
    await createBarePods(deps, run, record, { source, target, signal });
    return {
      workloads: (await restoredWorkloads(target, record, signal)).filter((object) => !isHalted(object)).length,
      warnings: [
        ...(await reportMissing(deps, run, target, signal)),
        ...(record.does.halts ? pausedByOwners(await restoredScalers(target, record, signal)) : []),
      ],
    };
  });
}

/** Before the commit point that is a failure; this finds what was deleted since, in a run that continues behind it. */
async function reportMissing(
  deps: ActivityDependencies,
  run: RunRef,
  target: ClusterClient,
  signal: AbortSignal,
): Promise<RunWarning[]> {
  const record = await deps.store.runs.record(run);
  const targetOf = new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));
  const expected = (await haltedBy(deps, run))
    .filter(({ stays }) => !stays)
    .map((workload) => ({ ...workload, namespace: targetOf.get(workload.namespace ?? '') }));
  const found = await listWorkloads(target, { namespaces: targetNamespaces(record), signal });
  const missing = missingFrom(found, expected).map(describeReference);
  if (missing.length === 0) return [];
  const message = `Workloads that were halted on the source are not on the target: ${missing.join(', ')}. They were not restored, or they were deleted before they could be started.`;
  await keepInRunLog(deps, run, 'start', [message]);
  return [{ type: 'WorkloadsMissingOnTarget', reason: 'NotFound', message }];
}
