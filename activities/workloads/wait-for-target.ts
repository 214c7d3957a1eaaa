import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { healthOf, progressOf, settlingSeconds } from '../../resources/workloads/health.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { followUntil } from '../kit/follow-until.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { diagnose, type Unhealthy } from './diagnose.js';
import { restoredWorkloads, targetNamespaces } from './list-workloads.js';

export async function waitForTarget(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ unhealthy: Unhealthy[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target');
  const where = `cluster ${client.name}`;
  const found = await withPulse({ waitingFor: 'the list of the started workloads', where }, ({ signal }) =>
    startedOnTarget(client, record, signal),
  );
  const wait = {
    waitingFor: 'the started workloads to become available',
    where,
    patienceSeconds: patienceWith(record.settings.patience.start, found),
    next: 'Look at the pods of the workloads named here.',
  };
  const watchThem = async (pulse: Pulse): Promise<void> => {
    const started = await startedOnTarget(client, record, pulse.signal);
    await followUntil(client, started, (object) => healthOf(object).available, {
      signal: pulse.signal,
      pulse,
      progressOf,
      onChange: (pending, progressed) => {
        const seen = pending
          .map((object) => `${describeReference(referenceOf(object))}: ${healthOf(object).message}`)
          .join('; ');
        if (progressed) pulse.moved(seen);
        else pulse.observe(seen);
      },
    });
  };
  try {
    await withPulse(wait, watchThem);
    return { unhealthy: [] };
  } catch (error) {
    if (!(error instanceof StepFailure) || error.report.type !== FAILURE.PatienceSpent) throw error;
  }
  // Reads only, each with its own time limit.
  const look = { waitingFor: 'the state of the pods', where };
  return withPulse(look, async ({ signal }) => {
    const started = await startedOnTarget(client, record, signal);
    const ill = started.filter((object) => !healthOf(object).available);
    return { unhealthy: await Promise.all(ill.map((object) => diagnose(client, object, signal))) };
  });
}

/** Members that start one after the other each get the patience; where pods must stay ready for a time, that comes on top. */
export const patienceWith = (seconds: number, workloads: readonly KubeObject[]): number =>
  seconds + Math.max(0, ...workloads.map(settlingSeconds));

async function startedOnTarget(client: ClusterClient, record: RunRecord, signal: AbortSignal): Promise<KubeObject[]> {
  const workloads = (await restoredWorkloads(client, record, signal)).filter((object) => !isHalted(object));
  const labelSelector = `${LABELS.migratedByPlan}=${record.plan.uid}`;
  const pods = await Promise.all(
    targetNamespaces(record).map((namespace) => client.list(POD, { namespace, labelSelector, signal })),
  );
  return [...workloads, ...pods.flatMap(({ items }) => items)];
}
