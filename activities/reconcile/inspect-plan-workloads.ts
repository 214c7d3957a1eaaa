import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { computeQuotaFindings } from '../../resources/plan/compute-quotas.js';
import { foreignHelperFindings } from '../../resources/plan/foreign-helpers.js';
import type { Mapping } from '../../resources/plan/mappings.js';
import { scaledByOthersFindings } from '../../resources/plan/scaled-by-others.js';
import { isWorkload } from '../../resources/workloads/quiesce.js';
import { type ObservedCluster, readWorkloads } from '../records/observe-cluster.js';

/** What prevents the plan's workloads from being halted on the source or started on the target. */
export async function inspectPlanWorkloads(
  store: Pick<MigrationStore, 'runs'>,
  clients: { source: ClusterClient; target: ClusterClient },
  { source, target }: { source: ObservedCluster; target: ObservedCluster },
  namespaces: readonly Mapping[],
): Promise<ConditionFinding[]> {
  const { workloads, scalers } = await readWorkloads(
    clients.source,
    namespaces.map((mapping) => mapping.source),
    store,
  );
  const there =
    target.quotas.length > 0 ? await readWorkloads(clients.target, quotaNamespaces(target), store) : undefined;
  const arriving = workloads.filter(isWorkload).flatMap((workload) => {
    const namespace = namespaces.find((mapping) => mapping.source === workload.metadata.namespace)?.target ?? '';
    const exists = there?.workloads.some(
      ({ kind, metadata }) =>
        kind === workload.kind && metadata.namespace === namespace && metadata.name === workload.metadata.name,
    );
    return exists ? [] : [{ namespace, workload }];
  });
  return [
    ...foreignHelperFindings([...workloads, ...source.pods]),
    ...scaledByOthersFindings({ workloads, scalers, pods: source.pods }),
    ...computeQuotaFindings(target.quotas, arriving),
  ];
}

const quotaNamespaces = ({ quotas }: ObservedCluster): string[] => [
  ...new Set(quotas.map(({ metadata }) => metadata.namespace ?? '')),
];
