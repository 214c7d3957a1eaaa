import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { groupOf, includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { isWorkload } from '../../resources/workloads/quiesce.js';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../resources/workloads/workload-kinds.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import type { RunClient } from '../kit/dependencies.js';
import { servedTypes } from '../kit/served-types.js';
import { isShared, usesVolumes } from './shared-namespaces.js';

interface Scope {
  namespaces: readonly string[];
  kinds?: readonly WorkloadKind[];
  labelSelector?: string;
  signal?: AbortSignal;
}

/** Workloads as they are now, without what follows another workload and, of a run's cluster, without helpers of ours. */
export async function listWorkloads(
  client: ClusterClient & Partial<RunClient>,
  { namespaces, kinds = WORKLOAD_KINDS, labelSelector, signal }: Scope,
): Promise<KubeObject[]> {
  const limited = pLimit(CONCURRENCY.workloads);
  const served = await servedTypes(client, kinds, { signal });
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      served.map((kind) => limited(() => client.list(kind, { namespace, labelSelector, signal }))),
    ),
  );
  const found = lists.flatMap(({ items }) => items).filter(isWorkload);
  return client.withoutHelpers ? client.withoutHelpers(found) : found;
}

export const sourceNamespaces = (record: RunRecord): string[] => [
  ...new Set(record.namespaces.map(({ source }) => source)),
];

export const targetNamespaces = (record: RunRecord): string[] => [
  ...new Set(record.namespaces.map(({ target }) => target)),
];

/** Whether a run concerns only some of the workloads of its namespaces. */
export const choosesWorkloads = (record: RunRecord): boolean =>
  record.includedResources.length > 0 || formatLabelSelector(record.labelSelector) !== undefined;

/**
 * The workloads a run halts and starts: those it migrates, and those that write to the volumes it copies. In a namespace shared with
 * another plan only the latter. Jobs of a chosen CronJob need not carry its labels or mount what it mounts by now, but they are its work.
 */
export async function sourceWorkloads(
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const namespaces = sourceNamespaces(record);
  const all = await listWorkloads(client, { namespaces, signal });
  if (!choosesWorkloads(record) && !record.sharedNamespaces?.length) return all;

  const labelSelector = formatLabelSelector(record.labelSelector);
  const labelled = labelSelector ? await listWorkloads(client, { namespaces, labelSelector, signal }) : all;
  const migrated = labelled.filter(
    ({ apiVersion, kind, metadata }) =>
      !isShared(record, metadata.namespace) && includesKind(record, { group: groupOf(apiVersion), kind }),
  );
  const writing = all.filter((object) => usesVolumes(record, object));
  const chosen = new Set([...migrated, ...writing].map(({ metadata }) => metadata.uid));
  return all.filter((object) => chosen.has(object.metadata.uid) || chosen.has(controllerOf(object)?.uid));
}

/** Jobs that CronJobs among these workloads made and that are not among them themselves. */
export async function jobsMadeBy(
  client: ClusterClient,
  workloads: readonly KubeObject[],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<KubeObject[]> {
  if (!workloads.some(({ kind }) => kind === 'CronJob')) return [];
  const uids = new Set(workloads.map(({ metadata }) => metadata.uid));
  const kinds = WORKLOAD_KINDS.filter(({ kind }) => kind === 'Job');
  const jobs = await listWorkloads(client, { namespaces, kinds, signal });
  return jobs.filter((job) => uids.has(controllerOf(job)?.uid) && !uids.has(job.metadata.uid));
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
