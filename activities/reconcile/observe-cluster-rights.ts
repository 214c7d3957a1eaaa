import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { type ClusterRight, clusterRights } from '../../resources/plan/cluster-rights.js';
import type { Mapping } from '../../resources/plan/mappings.js';
import { includedResourcesOf, includesKind } from '../../resources/plan/resource-selection.js';
import { CLUSTER_ROLE_BINDING } from '../../resources/transforms/shared-bindings.js';
import { readObjects } from '../kit/read-objects.js';
import type { ObservedCluster } from '../records/observe-cluster.js';
import { SECURITY_CONSTRAINTS } from '../velero/carry-security-constraints.js';

/** Rights beyond its namespaces that a plan brings to the target: those of service accounts come with them. */
export async function observeClusterRights(
  source: ClusterClient,
  plan: MigPlan,
  mappings: readonly Mapping[],
  observed: { source: ObservedCluster; target: ObservedCluster },
): Promise<ClusterRight[]> {
  const names = mappings.map((mapping) => mapping.source);
  const selection = { includedResources: includedResourcesOf(plan) };
  const types = includesKind(selection, { group: '', kind: 'ServiceAccount' })
    ? [CLUSTER_ROLE_BINDING, SECURITY_CONSTRAINTS]
    : [];
  const [bindings, constraints] = await readObjects(source, types, { namespaces: names });
  const made = mappings.filter(({ target }) => !observed.target.namespaces.has(target));
  return clusterRights({
    namespaces: names,
    bindings: bindings?.objects ?? [],
    constraints: constraints?.objects ?? [],
    newNamespaces: made.flatMap((mapping) => observed.source.namespaces.get(mapping.source) ?? []),
  });
}
