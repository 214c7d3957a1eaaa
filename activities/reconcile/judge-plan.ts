import type { PersistentVolumeEntry } from '../../resources/kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { critical, warn } from '../../resources/meta/findings.js';
import { clusterRightsFindings, listedRights } from '../../resources/plan/cluster-rights.js';
import { includedResourceFindings } from '../../resources/plan/included-resources.js';
import { intraClusterFindings } from '../../resources/plan/intra-cluster.js';
import { namespaceAnnotationFindings } from '../../resources/plan/namespace-annotations.js';
import { missingNamespaceFindings } from '../../resources/plan/namespaces.js';
import { notYetSupportedFindings } from '../../resources/plan/not-yet-supported.js';
import { planTypeFindings } from '../../resources/plan/plan-type.js';
import { podFindings, unhealthyPods } from '../../resources/plan/pods.js';
import { vitalPodFindings } from '../../resources/plan/protected-namespaces.js';
import { machinesWithDataVolumes } from '../../resources/plan/volumes/conversion.js';
import { listStorageClasses } from '../../resources/plan/volumes/storage-classes.js';
import { unhealthyResources } from '../../resources/workloads/unhealthy-resources.js';
import type { IncompatibleTypes } from './find-incompatible-types.js';
import { judgePlanVolumes } from './judge-plan-volumes.js';
import type { PlanDetails, PlanOutline } from './observe-plan.js';
import type { PlanToInspect } from './plan-to-inspect.js';

/** Two clusters of which one passes itself off as the other: taken for one, they would share what must be kept apart. */
export const judgeIdentity = ({
  identityUnclear,
  clusterNames: { source, target },
}: PlanOutline): ConditionFinding[] =>
  identityUnclear
    ? [
        critical(
          'ClusterIdentityUnclear',
          'KeysDiffer',
          `Source ${source} and target ${target} report the same uid of namespace kube-system, but their API servers prove different keys: one is a copy of the other, or pretends to be it. If both are one cluster, use the same url and caBundle in both MigClusters.`,
        ),
      ]
    : [];

/** Namespaces of the plan that are not there, or must be left alone; with any of them nothing else is judged. */
export const judgeNamespaces = ({ namespaces, observed, clusterNames }: PlanOutline): ConditionFinding[] => [
  ...missingNamespaceFindings(
    namespaces,
    { source: new Set(observed.source.namespaces.keys()), target: new Set(observed.target.namespaces.keys()) },
    clusterNames,
  ),
  ...vitalPodFindings({ source: observed.source.pods, target: observed.target.pods }),
];

/** All that the rules find in a plan whose clusters have been read, but for its hooks and its storage. */
export function judgePlan(
  outline: PlanOutline,
  details: PlanDetails,
  volumes: readonly PersistentVolumeEntry[],
  input: PlanToInspect,
): ConditionFinding[] {
  const { plan, settings } = input;
  const { sameCluster, clusterNames, observed } = outline;
  const { imageStreamNamespaces, machines } = details;
  const pairs = existingPairs(outline);
  const needs = { imageStreamNamespaces, dataVolumes: machinesWithDataVolumes(machines, volumes) };
  return [
    ...notYetSupportedFindings(plan, volumes, needs, input.notBuilt),
    ...planTypeFindings(plan, sameCluster, volumes),
    ...includedResourceFindings(plan, details.types, clusterNames.source),
    ...(sameCluster ? intraClusterFindings(plan, pairs) : []),
    ...namespaceAnnotationFindings(pairs, clusterNames.target),
    ...podFindings(observed.source.pods, settings.limits.pods),
    ...details.workloadFindings,
    ...clusterRightsFindings(details.rights, clusterNames.target),
    ...incompatibleFindings(details.incompatible, clusterNames.target),
    ...judgePlanVolumes(volumes, outline, details, input),
  ];
}

/** What a plan's status says before anything is judged. */
export const outlineStatus = ({ suffix, observed: { source, target } }: PlanOutline) => ({
  suffix,
  srcStorageClasses: listStorageClasses(source.storageClasses),
  destStorageClasses: listStorageClasses(target.storageClasses),
});

export const detailStatus = ({ observed }: PlanOutline, { incompatible, rights }: PlanDetails) => ({
  clusterRights: listedRights(rights),
  incompatible: incompatible.namespaces.length > 0 ? incompatible : undefined,
  unhealthyResources: unhealthyResources(unhealthyPods(observed.source.pods)),
});

const existingPairs = ({ namespaces, observed: { source, target } }: PlanOutline) =>
  namespaces.flatMap((mapping) => {
    const pair = { source: source.namespaces.get(mapping.source), target: target.namespaces.get(mapping.target) };
    return pair.source && pair.target ? [{ source: pair.source, target: pair.target }] : [];
  });

function incompatibleFindings({ namespaces }: IncompatibleTypes, targetCluster: string): ConditionFinding[] {
  const items = namespaces.flatMap(({ name, gvks }) =>
    gvks.map(({ group, version, kind }) => `${kind} of ${group ? `${group}/` : ''}${version} in ${name}`),
  );
  if (items.length === 0) return [];
  const message = `Objects of the source are of kinds that target cluster ${targetCluster} does not serve, and are left out: [].`;
  return [warn('GVKsIncompatible', 'NotServed', message, items)];
}
