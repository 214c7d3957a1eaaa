import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { formatLabelSelector } from '../../resources/label-selector.js';
import { LABELS } from '../../resources/labels.js';
import type { RunRecord } from '../../resources/run-record.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { isWorkload } from '../../resources/workloads/quiesce.js';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../resources/workloads/workload-kinds.js';
import { servedTypes } from '../served-types.js';
import { workloadIsOfRun } from './shared-namespaces.js';

/** Calls to one cluster at a time. */
export const CONCURRENCY = 8;

interface Scope {
  namespaces: readonly string[];
  kinds?: readonly WorkloadKind[];
  labelSelector?: string;
  signal: AbortSignal;
}

/** Workloads as they are now, without helpers of ours and without what follows another workload. */
export async function listWorkloads(
  client: ClusterClient,
  { namespaces, kinds = WORKLOAD_KINDS, labelSelector, signal }: Scope,
): Promise<KubeObject[]> {
  const fewAtATime = pLimit(CONCURRENCY);
  const served = await servedTypes(client, kinds, { signal });
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      served.map((kind) => fewAtATime(() => client.list(kind, { namespace, labelSelector, signal }))),
    ),
  );
  return lists
    .flatMap(({ items }) => items)
    .filter((object) => isWorkload(object) && object.metadata.labels?.[LABELS.helper] === undefined);
}

export const sourceNamespaces = (record: RunRecord): string[] => [
  ...new Set(record.namespaces.map(({ source }) => source)),
];

export const targetNamespaces = (record: RunRecord): string[] => [
  ...new Set(record.namespaces.map(({ target }) => target)),
];

/** The workloads a run migrates, and halts and starts for it. */
export async function sourceWorkloads(
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const namespaces = sourceNamespaces(record);
  const labelSelector = formatLabelSelector(record.labelSelector);
  const selected = (await listWorkloads(client, { namespaces, labelSelector, signal })).filter((object) =>
    workloadIsOfRun(record, object),
  );
  if (!labelSelector && !record.sharedNamespaces?.length) return selected;

  // The Jobs of a selected CronJob need not carry its labels or mount what it mounts by now, but they are its work.
  const uids = new Set(selected.map(({ metadata }) => metadata.uid));
  const jobs = WORKLOAD_KINDS.filter(({ kind }) => kind === 'Job');
  const made = (await listWorkloads(client, { namespaces, kinds: jobs, signal })).filter(
    (job) => uids.has(controllerOf(job)?.uid) && !uids.has(job.metadata.uid),
  );
  return [...selected, ...made];
}

/** What runs of this plan restored on the target: the Restore labels it. */
export const restoredWorkloads = (
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<KubeObject[]> =>
  listWorkloads(client, {
    namespaces: targetNamespaces(record),
    labelSelector: `${LABELS.migratedByPlan}=${record.plan.uid}`,
    signal,
  });
