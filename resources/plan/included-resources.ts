import type { MigPlan } from '../kinds/mig-plan.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical, warn } from '../meta/findings.js';

/** Velero brings them for objects of the namespaces that refer to them; namespaces are made beforehand. */
const BROUGHT_WITH_OTHERS = ['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'Namespace'];

/** Kinds the plan lists and the source does not know, or that no migration brings for themselves. */
export function includedResourceFindings(
  { spec }: MigPlan,
  served: readonly { group: string; kind: string; namespaced?: boolean }[],
  sourceCluster: string,
): ConditionFinding[] {
  const included = (spec.includedResources ?? []).map((listed) => ({
    ...listed,
    type: served.find(({ group, kind }) => group === listed.group && kind === listed.kind),
  }));
  const nameOf = ({ group, kind }: { group: string; kind: string }): string =>
    `${kind} of ${group || 'the core group'}`;
  const unknown = included.filter(({ type }) => !type).map(nameOf);
  const clusterScoped = included
    .filter(({ type, kind }) => type?.namespaced === false && !BROUGHT_WITH_OTHERS.includes(kind))
    .map(nameOf);
  const findings: ConditionFinding[] = [];
  if (clusterScoped.length > 0) {
    findings.push(
      warn(
        'ClusterScopedResourcesNotIncluded',
        'NotNamespaced',
        'spec.includedResources lists kinds that belong to no namespace: []. A migration brings what is in its namespaces, and of the rest only ClusterRoles, ClusterRoleBindings and CustomResourceDefinitions that objects there need. Create the others on the target yourself.',
        clusterScoped,
      ),
    );
  }
  if (unknown.length === 0) return findings;
  return [
    ...findings,
    critical(
      'InvalidResourceList',
      'NotFound',
      `spec.includedResources lists kinds that source cluster ${sourceCluster} does not know: []. Write group and kind as kubectl api-resources shows them.`,
      unknown,
    ),
  ];
}
