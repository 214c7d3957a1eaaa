import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { moverOf } from '../volumes/movers.js';
import { releaseSourceVolumes } from '../workloads/source-volumes.js';

/** The application is moved: what becomes of its former volumes is their owner's business again. */
async function settleSource(deps: ActivityDependencies, record: RunRecord): Promise<void> {
  const client = await clusterOf(deps, record, 'source');
  const wait = { waitingFor: 'the reclaim policies of the source volumes', where: `cluster ${client.name}` };
  await withPulse(wait, async ({ signal }) => {
    await releaseSourceVolumes(client, record, signal);
  });
}

/** A stage leaves Retain as it is: the next run will still write to the volumes. */
export async function settleTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  if (record.does.halts && record.does.commitsAt !== 'never') await settleSource(deps, record);
  if (!record.options.restoreReclaimPolicy || record.does.commitsAt === 'never') return;
  const client = await clusterOf(deps, record, 'target');
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'the reclaim policies of the target volumes', where: `cluster ${client.name}` };
  await withPulse(wait, async ({ signal }) => {
    const { keepAnnotations } = record.options;
    await Promise.all(
      record.volumes.map((volume) => moverOf(volume).settle(client, volume, { signal, keepAnnotations })),
    );
  });
}
