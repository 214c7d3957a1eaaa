import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { rehearseBarePods } from './bare-pods.js';
import { haltedBy } from './halted-workloads.js';
import { restoredWorkloads } from './list-workloads.js';
import { resumeWorkloads } from './resume-workloads.js';
import { failIfScaledUp } from './scaled-up-again.js';
import { untilObserved } from './until-seen.js';

export async function rehearseStart(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const source = await clusterOf(deps, record, 'source');
  const target = await clusterOf(deps, record, 'target');
  const wait = {
    waitingFor: 'the target to say whether it would start what was restored',
    where: `cluster ${target.name}`,
    patienceSeconds: record.settings.patience.start,
    next: 'See that the controller manager of the target works: it has not noticed what was restored.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const restored = await restoredWorkloads(target, record, signal);
    await untilObserved(target, restored, pulse);
    await rehearseRestored(record, restored, { source, target, signal });
    if (record.does.halts) await failIfScaledUp(source, record, signal, await haltedBy(deps, run));
    return { workloads: restored.length };
  });
}

/** Asks the target, by dry runs, whether it would let everything start. */
export async function rehearseRestored(
  record: RunRecord,
  restored: readonly KubeObject[],
  { source, target, signal }: { source: ClusterClient; target: ClusterClient; signal: AbortSignal },
): Promise<void> {
  await resumeWorkloads(target, record.plan.uid, restored, { signal, dryRun: true });
  await rehearseBarePods(record, { source, target, signal });
}
