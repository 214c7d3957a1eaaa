import type { MigPlan } from '../kinds/mig-plan.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { error } from '../meta/findings.js';
import type { ClusterUids } from './cluster-uids.js';
import { parseMappings } from './mappings.js';

/** Two open plans must not touch the same namespace of the same cluster, in whatever role and by whatever name of the cluster. */
export function conflictFindings(
  plan: MigPlan,
  plans: readonly MigPlan[],
  clusterUids: ClusterUids,
): ConditionFinding[] {
  const mine = touched(plan, clusterUids);
  const conflicts = plans
    .filter(
      (other) => other.metadata.uid !== plan.metadata.uid && !other.spec.closed && !other.metadata.deletionTimestamp,
    )
    .flatMap((other) => {
      const shared = [...touched(other, clusterUids)].flatMap(([place, shown]) => (mine.has(place) ? [shown] : []));
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
  { closedToo, clusterUids }: { closedToo: boolean; clusterUids: ClusterUids },
): string[] {
  const { srcMigClusterRef: cluster, namespaces } = plan.spec;
  const others = plans
    .filter((other) => other.metadata.uid !== plan.metadata.uid && (closedToo || !other.spec.closed))
    .map((other) => touched(other, clusterUids));
  return parseMappings(namespaces)
    .map(({ source }) => source)
    .filter((source) => others.some((places) => places.has(placeOf(cluster, source, clusterUids))));
}

type Reference = MigPlan['spec']['srcMigClusterRef'];

/** The places a plan reads or writes, each with the `<MigCluster>:<namespace>` it is shown by. */
function touched({ spec }: MigPlan, clusterUids: ClusterUids): Map<string, string> {
  const mappings = parseMappings(spec.namespaces);
  const places = (reference: Reference, names: string[]): [string, string][] =>
    reference ? names.map((name) => [placeOf(reference, name, clusterUids), `${nameOf(reference)}:${name}`]) : [];
  return new Map([
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

const placeOf = (cluster: Reference, namespace: string, uids: ClusterUids): string =>
  `${uids.get(nameOf(cluster)) ?? nameOf(cluster)}:${namespace}`;

const nameOf = (cluster: Reference): string => `${cluster?.namespace}/${cluster?.name}`;
