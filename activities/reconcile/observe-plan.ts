import { randomBytes } from 'node:crypto';
import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { ClusterRight } from '../../resources/plan/cluster-rights.js';
import { type Mapping, parseMappings } from '../../resources/plan/mappings.js';
import { convertsOnly } from '../../resources/plan/plan-type.js';
import type { PlanLookups } from '../../resources/plan/references.js';
import { isBesideApplication } from '../../resources/plan/volumes/conversion.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import {
  imageStreamNamespaces,
  listStatefulSets,
  listVirtualMachines,
  type ObservedCluster,
  observeCluster,
  readVolumes,
} from '../records/observe-cluster.js';
import { findIncompatibleTypes, type IncompatibleTypes } from './find-incompatible-types.js';
import { inspectPlanWorkloads } from './inspect-plan-workloads.js';
import { observeClusterRights } from './observe-cluster-rights.js';
import type { PlanToInspect } from './plan-to-inspect.js';
export interface Both<Type> {
  source: Type;
  target: Type;
}
/** What a plan's clusters hold at first sight: enough to tell whether there is more to look at. */
export interface PlanOutline {
  namespaces: readonly Mapping[];
  /** Names of the MigClusters, for texts. */
  clusterNames: Both<string>;
  observed: Both<ObservedCluster>;
  sameCluster: boolean;
  /** Both say they are one cluster, and prove that they are not the same servers. */
  identityUnclear: boolean;
  /** No migration of the plan can do anything but convert storage classes. */
  converts: boolean;
  /** The plan's own: what a conversion makes is named with it. */
  suffix: string;
}
/** The rest of what the rules of a plan look at, of namespaces that are there. */
export interface PlanDetails {
  /** None where no rule asks for them. */
  statefulSets: readonly KubeObject[];
  /** PersistentVolumes that claims of the source are bound to, by name. */
  boundVolumes: ReadonlyMap<string, KubeObject>;
  /** Types the source serves. */
  types: readonly ApiResource[];
  incompatible: IncompatibleTypes;
  imageStreamNamespaces: readonly string[];
  machines: readonly KubeObject[];
  workloadFindings: readonly ConditionFinding[];
  /** None where nothing leaves its namespace. */
  rights: readonly ClusterRight[];
}
export async function connectBoth(deps: ActivityDependencies, lookups: PlanLookups): Promise<Both<ClusterClient>> {
  const connect = ({ reference = { namespace: '', name: '' } }: PlanLookups['source']) =>
    deps.clusters.connect(reference);
  const [source, target] = await Promise.all([connect(lookups.source), connect(lookups.target)]);
  return { source, target };
}
export async function observeOutline(
  { store }: ActivityDependencies,
  clients: Both<ClusterClient>,
  { plan }: Pick<PlanToInspect, 'plan'>,
): Promise<PlanOutline> {
  const namespaces = parseMappings(plan.spec.namespaces);
  const [seen, target] = await Promise.all([
    observeCluster(
      clients.source,
      namespaces.map((mapping) => mapping.source),
      store,
    ),
    observeCluster(
      clients.target,
      namespaces.map((mapping) => mapping.target),
      store,
    ),
  ]);
  const sameCluster = seen.uid === target.uid;
  const converts = convertsOnly(plan, sameCluster);
  const planUid = plan.metadata.uid ?? '';
  const source = converts
    ? { ...seen, claims: seen.claims.filter((claim) => !isBesideApplication(claim, planUid)) }
    : seen;
  return {
    namespaces,
    clusterNames: { source: clients.source.name, target: clients.target.name },
    observed: { source, target },
    sameCluster,
    identityUnclear: sameCluster && provesOthers(clients),
    converts,
    suffix: plan.status?.suffix ?? randomBytes(2).toString('hex'),
  };
}
export async function observeDetails(
  deps: ActivityDependencies,
  clients: Both<ClusterClient>,
  { namespaces, observed, sameCluster, converts }: PlanOutline,
  { plan, settings }: PlanToInspect,
): Promise<PlanDetails> {
  const { excludedResources } = settings;
  const names = namespaces.map((mapping) => mapping.source);
  const [statefulSets, boundVolumes, workloadFindings, incompatible, imageStreams, types, machines, rights] =
    await Promise.all([
      needsStatefulSets(plan, converts) ? listStatefulSets(clients.source, names) : [],
      settings.volumesDisabled ? new Map<string, KubeObject>() : readVolumes(clients.source, observed.source.claims),
      inspectPlanWorkloads(deps, clients, { plan, excludedResources, observed, namespaces, sameCluster, converts }),
      findIncompatibleTypes(clients, names, excludedResources),
      settings.imagesDisabled || converts ? [] : imageStreamNamespaces(clients.source, names),
      clients.source.discover(),
      converts ? listVirtualMachines(clients.source, names) : [],
      converts ? [] : observeClusterRights(clients.source, plan, namespaces, observed),
    ]);
  return {
    statefulSets,
    boundVolumes,
    types,
    incompatible,
    imageStreamNamespaces: imageStreams,
    machines,
    workloadFindings,
    rights,
  };
}
/** Where claims get other names, workloads have to find them under these. */
const needsStatefulSets = ({ spec }: PlanToInspect['plan'], converts: boolean): boolean =>
  converts || (spec.includedResources ?? []).some(({ kind, group }) => kind === 'StatefulSet' && group === 'apps');

/** Whether the clusters have shown keys and none of them is the same. What was reached without TLS has shown none. */
function provesOthers({ source, target }: Both<ClusterClient>): boolean {
  const [one, other] = [source.serverKeys, target.serverKeys];
  return one.size > 0 && other.size > 0 && ![...one].some((key) => other.has(key));
}
