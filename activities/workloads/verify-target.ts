import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { unhealthyPods } from '../../resources/plan/pods.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { healthOf, progressOf } from '../../resources/workloads/health.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { troubleOf } from '../../resources/workloads/pod-trouble.js';
import { unhealthyResources } from '../../resources/workloads/unhealthy-resources.js';
import { type ActivityDependencies, clusterOf, type RunClient } from '../kit/dependencies.js';
import { followUntil } from '../kit/follow-until.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { untilFirst } from '../kit/until-first.js';
import type { WorkloadActivities } from './contract.js';
import { diagnose } from './diagnose.js';
import { listWorkloads, targetNamespaces } from './list-workloads.js';
import { patienceWith } from './wait-for-target.js';

type Report = Awaited<ReturnType<WorkloadActivities['verifyTarget']>>;

export async function verifyTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<Report> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target');
  const namespaces = targetNamespaces(record);
  const where = `cluster ${client.name}, namespaces ${namespaces.join(', ')}`;
  const found = await withPulse({ waitingFor: 'the list of the workloads', where }, ({ signal }) =>
    listWorkloads(client, { namespaces, signal }),
  );
  const patienceSeconds = patienceWith(record.settings.patience.start, found);
  try {
    await withPulse({ waitingFor: 'every workload to have all its pods ready', where, patienceSeconds }, (pulse) =>
      untilFirst(pulse.signal, [
        (signal) => untilAvailable(client, namespaces, { ...pulse, signal }),
        ...namespaces.map((namespace) => (signal: AbortSignal) => untilOneIsIll(client, namespace, signal)),
      ]),
    );
  } catch (error) {
    if (!(error instanceof StepFailure) || error.report.type !== FAILURE.PatienceSpent) throw error;
  }
  // Reads only, each with its own time limit.
  return withPulse({ waitingFor: 'the state of the workloads and their pods', where }, ({ signal }) =>
    report(client, namespaces, signal),
  );
}

async function untilAvailable(client: ClusterClient, namespaces: readonly string[], pulse: Pulse): Promise<void> {
  const { signal } = pulse;
  await followUntil(client, await listWorkloads(client, { namespaces, signal }), isAvailable, {
    signal,
    pulse,
    progressOf,
    onChange: (pending, progressed) => {
      const seen = pending.map((object) => `${title(object)}: ${healthOf(object).message}`).join('; ');
      if (progressed) pulse.moved(seen);
      else pulse.observe(seen);
    },
  });
}

async function untilOneIsIll(client: RunClient, namespace: string, signal: AbortSignal): Promise<void> {
  for await (const event of client.watch(POD, { namespace, signal })) {
    if (event.type === 'DELETED') continue;
    if ((await illPods(client, event.type === 'SYNCED' ? event.objects : [event.object])).length > 0) return;
  }
}

async function report(client: RunClient, namespaces: readonly string[], signal: AbortSignal): Promise<Report> {
  const [workloads, ...pods] = await Promise.all([
    listWorkloads(client, { namespaces, signal }),
    ...namespaces.map((namespace) => client.list(POD, { namespace, signal })),
  ]);
  const illWorkloads = workloads.filter((object) => !isAvailable(object));
  const ill = await illPods(
    client,
    pods.flatMap(({ items }) => items),
  );
  const diagnoses = await Promise.all(illWorkloads.map((object) => diagnose(client, object, signal)));
  const lines = diagnoses.map(({ kind, namespace, name, message }) => `${kind} ${namespace}/${name}: ${message}`);
  const untold = ill
    .map((pod) => ({ pod, trouble: troubleOf(pod) ?? `phase ${pod.status?.phase}` }))
    .filter(({ trouble }) => !lines.some((line) => line.includes(trouble)))
    .map(({ pod, trouble }) => `${title(pod)}: ${trouble.replace(/^Pod \S+: /, '')}`);
  const resources = unhealthyResources([...ill, ...illWorkloads]);
  return { unhealthy: [...lines, ...untold], ...(resources && { resources }) };
}

/** A Job tells by itself whether the pods that failed for it matter. */
const illPods = (client: RunClient, pods: readonly KubeObject[]): Promise<KubeObject[]> =>
  client.withoutHelpers(
    unhealthyPods(pods).filter((pod) => !(pod.status?.phase === 'Failed' && controllerOf(pod)?.kind === 'Job')),
  );

const isAvailable = (object: KubeObject): boolean => healthOf(object).available;

const title = (object: KubeObject): string => describeReference(referenceOf(object));
