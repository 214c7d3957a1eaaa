import type { ConditionFinding } from '../conditions.js';
import { error } from '../findings.js';
import type { MigPlan } from '../mig-plan.js';
import { parseMappings } from './mappings.js';

/** Two open plans must not touch the same namespace of the same cluster, in whatever role. */
export function conflictFindings(plan: MigPlan, plans: readonly MigPlan[]): ConditionFinding[] {
  const mine = touched(plan);
  const conflicts = plans
    .filter(
      (other) => other.metadata.uid !== plan.metadata.uid && !other.spec.closed && !other.metadata.deletionTimestamp,
    )
    .flatMap((other) => {
      const shared = [...touched(other)].filter((place) => mine.has(place));
      return shared.length > 0 ? [`${other.metadata.namespace}/${other.metadata.name} (${shared.join(', ')})`] : [];
    });
  if (conflicts.length === 0) return [];
  const message =
    'Other plans work on the same namespaces: []. Take the namespaces out of one of the plans, or close or delete it.';
  return [error('PlanConflict', 'Conflict', message, conflicts)];
}

/**
 * Source namespaces of a plan that another one works on too: what they hold is not this plan's alone.
 *
 * @param options.closedToo whether closed plans count: what their migrations left is still in use where claims alone are migrated; a
 *   cutover of all objects takes what it finds, or part of the application would stay behind
 */
export function sharedNamespaces(
  plan: MigPlan,
  plans: readonly MigPlan[],
  { closedToo }: { closedToo: boolean },
): string[] {
  const { srcMigClusterRef: cluster, namespaces } = plan.spec;
  const others = plans
    .filter((other) => other.metadata.uid !== plan.metadata.uid && (closedToo || !other.spec.closed))
    .map(touched);
  return parseMappings(namespaces)
    .map(({ source }) => source)
    .filter((source) => others.some((places) => places.has(`${cluster?.namespace}/${cluster?.name}:${source}`)));
}

/** `<MigCluster>:<namespace>` of all a plan reads or writes. */
function touched({ spec }: MigPlan): Set<string> {
  const mappings = parseMappings(spec.namespaces);
  const places = (reference: MigPlan['spec']['srcMigClusterRef'], names: string[]) =>
    reference ? names.map((name) => `${reference.namespace}/${reference.name}:${name}`) : [];
  return new Set([
    ...places(
      spec.srcMigClusterRef,
      mappings.map(({ source }) => source),
    ),
    ...places(
      spec.destMigClusterRef,
      mappings.map(({ target }) => target),
    ),
  ]);
}
