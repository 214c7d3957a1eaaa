import type { MigPlan } from '../kinds/mig-plan.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';

/** Kinds the plan lists and the source does not know. */
export function includedResourceFindings(
  { spec }: MigPlan,
  served: readonly { group: string; kind: string }[],
  sourceCluster: string,
): ConditionFinding[] {
  const unknown = (spec.includedResources ?? [])
    .filter(({ group, kind }) => !served.some((type) => type.group === group && type.kind === kind))
    .map(({ group, kind }) => `${kind} of ${group || 'the core group'}`);
  if (unknown.length === 0) return [];
  return [
    critical(
      'InvalidResourceList',
      'NotFound',
      `spec.includedResources lists kinds that source cluster ${sourceCluster} does not know: []. Write group and kind as kubectl api-resources shows them.`,
      unknown,
    ),
  ];
}
