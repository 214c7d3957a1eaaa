import pLimit from 'p-limit';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { RunRecord, RunRef, RunWarning } from '../../resources/run/run-record.js';
import { halt, haltingField, isHalted, isQuiescedBy } from '../../resources/workloads/quiesce.js';
import { workloadKindOf } from '../../resources/workloads/workload-kinds.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { type ActivityDependencies, clusterOf, type RunClient } from '../kit/dependencies.js';
import { patchNewest } from '../kit/patch-newest.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { listBarePods } from './bare-pods.js';
import { haltedBy, recordHalted } from './halted-workloads.js';
import { sourceWorkloads } from './list-workloads.js';
import { retainSourceVolumes } from './source-volumes.js';

export async function quiesceApplications(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number; warnings: RunWarning[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'the source workloads to take their new scale', where: `cluster ${client.name}` };
  return withPulse(wait, async ({ signal }) => {
    // A rollback starts the source itself, in its last step: half-way, its workloads may refer to claims of either side.
    if (record.does.starts !== 'source') await recordWhileRunning(deps, run, { quiesceOwed: true });
    // Nothing may be deleted because it was halted. A rollback halts what runs on converted claims, and gives the former ones back.
    if (record.does.starts !== 'source') await retainSourceVolumes(client, record, signal);
    const found = await sourceWorkloads(client, record, signal);
    const isOurs = (object: KubeObject): boolean => !isHalted(object) || isQuiescedBy(object, record.plan.uid);
    const halted = await recordHalted(deps, run, record, await haltedBy(deps, run), found.filter(isOurs));
    await announce(deps, run, found);
    await haltAll(run, client, record, found, signal);

    // A CronJob may have made a Job while it was being suspended. What was scaled up again is left for the next check to find.
    const late = (await sourceWorkloads(client, record, signal)).filter(
      (object) => !isHalted(object) && !isQuiescedBy(object, record.plan.uid),
    );
    await recordHalted(deps, run, record, halted, late);
    await announce(deps, run, late);
    await haltAll(run, client, record, late, signal);
    const warnings = await reportBarePods(deps, run, client, record, signal);
    return { workloads: found.length + late.length, warnings };
  });
}

async function haltAll(
  run: RunRef,
  client: RunClient,
  record: RunRecord,
  workloads: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const limited = pLimit(CONCURRENCY.workloads);
  await Promise.all(
    workloads.map((object) =>
      limited(() => patchNewest(client, object, (newest) => halt(newest, record.plan.uid, run), { signal })),
    ),
  );
}

/** Written before anything is halted: with it a former scale can be found even if its annotation is lost. */
async function announce(deps: ActivityDependencies, run: RunRef, workloads: readonly KubeObject[]): Promise<void> {
  const lines = workloads
    .filter((object) => !isHalted(object))
    .map((object) => {
      const kind = workloadKindOf(object);
      const { path, value } = haltingField(object);
      return `Halting ${describeReference(referenceOf(object))}: ${path} was ${kind.save(object)[kind.annotation] ?? value}`;
    });
  await keepInRunLog(deps, run, 'quiesce', lines);
}

async function reportBarePods(
  deps: ActivityDependencies,
  run: RunRef,
  client: RunClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<RunWarning[]> {
  const pods = await listBarePods(client, record, signal);
  const lines = pods.map(
    (pod) =>
      `${describeReference(referenceOf(pod))} has no controller that could bring it back, so it is not halted. Delete it if it writes data.`,
  );
  await keepInRunLog(deps, run, 'quiesce', lines);
  if (pods.length === 0) return [];
  const names = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
  return [
    {
      type: 'BarePodsNotHalted',
      reason: 'NoController',
      message: `Pods without a controller were not halted and keep running on the source: ${names}. When the target starts, they run there too. Delete those that write data.`,
    },
  ];
}
