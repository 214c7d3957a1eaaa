import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf, type RunClient } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { failIfNotArrived } from './arrived.js';
import { rehearseBarePods } from './bare-pods.js';
import { haltedBy } from './halted-workloads.js';
import { restoredWorkloads } from './list-workloads.js';
import { rehearsePods } from './rehearse-pods.js';
import { restoredScalers } from './restored-scalers.js';
import { failIfScaledUp } from './scaled-up-again.js';
import { rehearseResuming, type Start } from './start-for-good.js';
import { untilObserved } from './until-seen.js';

export async function rehearseStart(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const source = await clusterOf(deps, record, 'source');
  const client = await clusterOf(deps, record, 'target');
  const wait = {
    waitingFor: 'the target to say whether it would start what was restored',
    where: `cluster ${client.name}`,
    patienceSeconds: record.settings.patience.start,
    next: 'Check that the controller manager of the target works: it has not noticed what was restored.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const workloads = await restoredWorkloads(client, record, signal);
    await untilObserved(client, workloads, pulse);
    if (record.does.halts) await failIfNotArrived(deps, run, record, { source, target: client, signal });
    const scalers = await restoredScalers(client, record, signal);
    await rehearseRestored({ record, client, workloads, scalers, signal }, source);
    if (record.does.halts) await failIfScaledUp(source, record, signal, await haltedBy(deps, run));
    return { workloads: workloads.length };
  });
}

/** What the target refuses is found while the source can still come back. */
export async function rehearseRestored(start: Start, source: RunClient): Promise<void> {
  const { record, client: target, signal } = start;
  await rehearseResuming(start);
  // With the accounts, limits and quotas that came along, in namespaces that the run may have made.
  await rehearsePods(start);
  await rehearseBarePods(record, { source, target, signal });
}
