import pLimit from 'p-limit';
import type { RunRef } from '../../resources/run-record.js';
import { halt } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../dependencies.js';
import { patchNewest } from '../patch-newest.js';
import { withPulse } from '../pulse.js';
import { CONCURRENCY, restoredWorkloads, targetNamespaces } from './list-workloads.js';
import { belongsTo } from './pods-of.js';
import { untilPodsGone } from './until-pods-gone.js';

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
    const { signal } = pulse;
    const restored = await restoredWorkloads(client, record, signal);
    if (restored.length === 0) return;
    const fewAtATime = pLimit(CONCURRENCY);
    await Promise.all(
      restored.map((object) =>
        // Their state is saved as on the source, so that the next run finds what to start.
        fewAtATime(() => patchNewest(client, object, (newest) => halt(newest, record.plan.uid), { signal })),
      ),
    );
    await untilPodsGone(client, { namespaces, concerns: belongsTo(client, restored, { signal }), pulse });
  });
}
