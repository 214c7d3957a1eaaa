import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { parseMappings } from '../../resources/plan/mappings.js';
import { groupOf, includedResourcesOf, includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunCluster } from '../../resources/run/run-record.js';
import { usesClaims } from '../../resources/workloads/claim-references.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { listWorkloads } from '../workloads/list-workloads.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

/** Tells whether a source claim goes along with what the label selector of a plan selects. */
export type ClaimSelection = (claim: { namespace: string; claim: string }) => boolean;

/**
 * Claims that the plan's label selector selects, and those that workloads it selects cannot do without; undefined when the plan has none.
 */
export async function readSelectedClaims(
  { clusters }: ActivityDependencies,
  plan: MigPlan,
  source: RunCluster,
): Promise<ClaimSelection | undefined> {
  const labelSelector = formatLabelSelector(plan.spec.labelSelector);
  if (labelSelector === undefined) return undefined;
  const client = await clusters.connect(source);
  const namespaces = [...new Set(parseMappings(plan.spec.namespaces).map((mapping) => mapping.source))];
  const [claims, workloads] = await Promise.all([
    Promise.all(namespaces.map((namespace) => client.list(CLAIM, { namespace, labelSelector }))),
    listWorkloads(client, { namespaces, labelSelector }),
  ]);
  const labelled = new Set(claims.flatMap(({ items }) => items).map(({ metadata }) => nameOf(metadata)));
  const includedResources = includedResourcesOf(plan);
  const chosen = workloads.filter(({ apiVersion, kind }) =>
    includesKind({ includedResources }, { group: groupOf(apiVersion), kind }),
  );
  return ({ namespace, claim }) =>
    labelled.has(nameOf({ namespace, name: claim })) ||
    chosen.some((workload) => workload.metadata.namespace === namespace && usesClaims(workload, new Set([claim])));
}

const nameOf = ({ namespace, name }: Pick<KubeObject['metadata'], 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;
