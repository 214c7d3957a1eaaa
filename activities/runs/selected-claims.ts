import { formatLabelSelector } from '../../resources/label-selector.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import { parseMappings } from '../../resources/plan-rules/mappings.js';
import type { RunCluster } from '../../resources/run-record.js';
import type { ActivityDependencies } from '../dependencies.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

/** Source claims that the plan's label selector selects, each `namespace/name`; undefined when it has none. */
export async function readSelectedClaims(
  { clusters }: ActivityDependencies,
  { spec }: MigPlan,
  source: RunCluster,
): Promise<Set<string> | undefined> {
  const labelSelector = formatLabelSelector(spec.labelSelector);
  if (labelSelector === undefined) return undefined;
  const client = await clusters.connect(source);
  const namespaces = [...new Set(parseMappings(spec.namespaces).map((mapping) => mapping.source))];
  const lists = await Promise.all(namespaces.map((namespace) => client.list(CLAIM, { namespace, labelSelector })));
  return new Set(lists.flatMap(({ items }) => items).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
}
