import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isAlreadyExists, KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { someSentences } from '../../resources/meta/listing.js';
import { computeQuotaProblems } from '../../resources/plan/compute-quotas.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { namespaceMapping } from '../../resources/transforms/namespace-references.js';
import { isRefusedByWebhookOf } from '../../resources/transforms/own-webhooks.js';
import { transformObject } from '../../resources/transforms/transform-object.js';
import { willRun } from '../../resources/workloads/pods-to-come.js';
import { arrivingPodOf, arrivingWorkload } from '../../resources/workloads/rehearsal.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { provenanceLabels } from '../kit/provenance.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { rehearseBarePods } from './bare-pods.js';
import { sourceNamespaces, sourceWorkloads, targetNamespaces } from './list-workloads.js';
import { travels } from './travels.js';

/** The result of one request to the target. */
interface Answer {
  refusal?: string;
  /** The target did not say. */
  unknown?: string;
}

export async function rehearseTarget(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'the target to say what it would refuse', where: `cluster ${target.name}` };
  return withPulse(wait, async ({ signal }) => {
    const namespaces = await existingNamespaces(target, record, signal);
    const coming = await comingWorkloads(source, target, { record, namespaces, signal });
    const limited = pLimit(CONCURRENCY.workloads);
    const answers = await Promise.all(
      coming.map((workload) => limited(() => rehearse(target, workload, record, signal))),
    );
    const quotas = await Promise.all(
      [...namespaces.values()].map((namespace) =>
        target.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace, signal }),
      ),
    );
    const exceeded = computeQuotaProblems(
      quotas.flatMap(({ items }) => items),
      coming,
    );
    const all = answers.flat();
    await keepInRunLog(
      deps,
      run,
      'rehearsal',
      all.flatMap(({ unknown }) => unknown ?? []),
    );
    const refusals = [...all.flatMap(({ refusal }) => refusal ?? []), ...exceeded.map((line) => `Quota ${line}.`)];
    if (refusals.length > 0) throw refused(target, refusals);
    if (namespaces.size === targetsOf(record).size) await rehearseBarePods(record, { source, target, signal });
    return { workloads: coming.length };
  });
}

const targetsOf = (record: RunRecord): Map<string, string> =>
  new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));

/** Source namespace → target namespace, of those that are there: in one that is made by the run nothing can be tried before. */
async function existingNamespaces(
  target: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const found = await Promise.all(
    [...targetsOf(record)].map(async ([from, name]) => {
      const namespace = await target.get({ apiVersion: 'v1', kind: 'Namespace', name }, { signal });
      return namespace ? [[from, name] as const] : [];
    }),
  );
  return new Map(found.flat());
}

interface Coming {
  namespace: string;
  workload: KubeObject;
}

/** What the Restore will create: not what the target has or does not know. */
async function comingWorkloads(
  source: ClusterClient,
  target: ClusterClient,
  { record, namespaces, signal }: { record: RunRecord; namespaces: ReadonlyMap<string, string>; signal: AbortSignal },
): Promise<Coming[]> {
  const candidates = (await sourceWorkloads(source, record, signal)).flatMap((workload) => {
    const namespace = namespaces.get(workload.metadata.namespace ?? '');
    return namespace === undefined || !travels(record, workload) ? [] : [{ namespace, workload }];
  });
  const limited = pLimit(CONCURRENCY.workloads);
  const isComing = await Promise.all(
    candidates.map(({ namespace, workload }) =>
      limited(async () => {
        if (!(await target.resourceOf(workload, { signal }))) return false;
        return (await target.get({ ...referenceOf(workload), namespace }, { signal })) === undefined;
      }),
    ),
  );
  return candidates.filter((_, index) => isComing[index]);
}

async function rehearse(
  target: ClusterClient,
  { namespace, workload }: Coming,
  record: RunRecord,
  signal: AbortSignal,
): Promise<Answer[]> {
  const place = { namespace, labels: provenanceLabels(record) };
  const title = describeReference(referenceOf(workload));
  const { volumes, skippedVolumes } = record;
  const namespaces = namespaceMapping(record.namespaces);
  const context = {
    sourceNamespaces: sourceNamespaces(record),
    namespaces,
    halts: record.does.halts,
    volumes,
    skippedVolumes,
    takenNodePorts: new Set<number>(),
  };
  const changed = transformObject(workload, context);
  const options = { own: targetNamespaces(record), signal };
  const arrives = await attempt(target, arrivingWorkload(changed, place), title, options);
  const runs = willRun(workload) > 0 || workload.kind === 'CronJob';
  const pod = runs ? arrivingPodOf(changed, place) : undefined;
  if (!pod || arrives.refusal) return [arrives];
  const { pod: trial, replaced } = await withKnownAccount(target, pod, signal);
  const starts = await attempt(target, trial, `a pod of ${title}`, options);
  // What OpenShift lets a pod do depends on its account, which comes with the Restore.
  const mayDiffer = replaced && /security context constraint/i.test(starts.refusal ?? '');
  // Controllers try again until the application's own webhook runs.
  const waits = isRefusedByWebhookOf(starts.refusal ?? '', options.own);
  return [arrives, mayDiffer || waits ? { unknown: starts.refusal } : starts];
}

/** A service account that is still to come is replaced for the trial: a pod without one is refused. */
async function withKnownAccount(
  target: ClusterClient,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<{ pod: KubeObject; replaced: boolean }> {
  const name: string | undefined = pod.spec.serviceAccountName;
  const { namespace } = pod.metadata;
  const known =
    name === undefined || (await target.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }, { signal }));
  if (known) return { pod, replaced: false };
  const { serviceAccountName: _, serviceAccount: __, ...spec } = pod.spec;
  return { pod: { ...pod, spec }, replaced: true };
}

/** @param own namespaces whose webhooks start with the application */
async function attempt(
  target: ClusterClient,
  object: KubeObject,
  title: string,
  { own, signal }: { own: readonly string[]; signal: AbortSignal },
): Promise<Answer> {
  try {
    await target.create(object, { dryRun: true, signal });
    return {};
  } catch (error) {
    if (!(error instanceof KubernetesApiError)) throw error;
    // The application's own webhook does not answer before the application runs: trying again does not help.
    const isFinal = isRefusedByWebhookOf(error.message, own);
    if (!isFinal && (error.retryable || error.code === 401)) throw error;
    if (isAlreadyExists(error)) return {};
    const line = `${title}: ${error.message}`;
    return /does not support dry run/i.test(error.message) ? { unknown: line } : { refusal: line };
  }
}

function refused(target: ClusterClient, refusals: readonly string[]): StepFailure {
  return new StepFailure({
    type: FAILURE.Refused,
    what: 'The target would refuse what the migration brings, so nothing was halted',
    where: `cluster ${target.name}`,
    why: someSentences(refusals),
    next: 'Change the policy, quota or webhook named here, or the workload, and start the migration again.',
  });
}
