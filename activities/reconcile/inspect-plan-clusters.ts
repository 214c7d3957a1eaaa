import { randomBytes } from 'node:crypto';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import type { PersistentVolumeEntry } from '../../resources/kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { critical, required, warn } from '../../resources/meta/findings.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { HookLookup } from '../../resources/plan/hooks.js';
import { includedResourceFindings } from '../../resources/plan/included-resources.js';
import { intraClusterFindings } from '../../resources/plan/intra-cluster.js';
import { isUnmapped } from '../../resources/plan/itinerary.js';
import { type Mapping, parseMapping, parseMappings } from '../../resources/plan/mappings.js';
import { namespaceAnnotationFindings } from '../../resources/plan/namespace-annotations.js';
import { missingNamespaceFindings } from '../../resources/plan/namespaces.js';
import { notYetSupportedFindings } from '../../resources/plan/not-yet-supported.js';
import { convertsOnly, planTypeFindings } from '../../resources/plan/plan-type.js';
import { podFindings, unhealthyPods } from '../../resources/plan/pods.js';
import { isReady, type PlanLookups } from '../../resources/plan/references.js';
import { claimNameFindings } from '../../resources/plan/volumes/claim-names.js';
import {
  conversionFindings,
  isBesideApplication,
  machinesWithDataVolumes,
  statefulSetClaimFindings,
} from '../../resources/plan/volumes/conversion.js';
import { conversionNames } from '../../resources/plan/volumes/conversion-names.js';
import { type DiscoveredVolume, discoverVolumes, unboundClaims } from '../../resources/plan/volumes/discover.js';
import { mergeDiscovered } from '../../resources/plan/volumes/merge.js';
import { quotaFindings } from '../../resources/plan/volumes/quotas.js';
import { selectionFindings } from '../../resources/plan/volumes/selections.js';
import { chooseStorageClass, listStorageClass } from '../../resources/plan/volumes/storage-classes.js';
import { targetClaimFindings } from '../../resources/plan/volumes/target-claims.js';
import type { Settings } from '../../resources/run/settings.js';
import { unhealthyResources } from '../../resources/workloads/unhealthy-resources.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Inspection } from '../records/check-object.js';
import {
  imageStreamNamespaces,
  listStatefulSets,
  listVirtualMachines,
  type ObservedCluster,
  observeCluster,
  readVolumes,
} from '../records/observe-cluster.js';
import { readStorageAccess } from '../records/storage-access.js';
import { holdStorage } from '../storage/hold-storage.js';
import { ensureStorage } from './ensure-storage.js';
import { findIncompatibleTypes, type IncompatibleTypes } from './find-incompatible-types.js';
import { inspectPlanHooks } from './inspect-plan-hooks.js';
import { inspectPlanWorkloads } from './inspect-plan-workloads.js';

export interface PlanToInspect {
  plan: MigPlan;
  /** Both clusters are Ready, the storage may not be. */
  lookups: PlanLookups;
  /** Hooks in which nothing else is wrong. */
  hooks: readonly HookLookup[];
  settings: Settings;
  /** Settings that ask for what is not built yet. */
  notBuilt: readonly string[];
}

interface Both<Type> {
  source: Type;
  target: Type;
}

export interface PlanInspection extends Inspection {
  /** No migration of the plan can do anything but convert storage classes: it needs no replication repository. */
  converts: boolean;
}

/** What can be known of a plan only from its two clusters; makes the replication repository known to both. */
export async function inspectPlanClusters(deps: ActivityDependencies, input: PlanToInspect): Promise<PlanInspection> {
  const { plan, lookups, settings } = input;
  const namespaces = parseMappings(plan.spec.namespaces);
  const clients = await connectBoth(deps, lookups);
  const [seen, target, hooks] = await Promise.all([
    observeCluster(
      clients.source,
      namespaces.map((mapping) => mapping.source),
    ),
    observeCluster(
      clients.target,
      namespaces.map((mapping) => mapping.target),
    ),
    inspectPlanHooks(clients, plan, input.hooks),
  ]);
  const sameCluster = seen.uid === target.uid;
  const converts = convertsOnly(plan, sameCluster);
  const planUid = plan.metadata.uid ?? '';
  const source = converts
    ? { ...seen, claims: seen.claims.filter((claim) => !isBesideApplication(claim, planUid)) }
    : seen;
  const observed = { source, target };
  const storage = converts ? [] : await storageFindings(deps, clients, lookups);
  const suffix = plan.status?.suffix ?? randomBytes(2).toString('hex');
  const status = {
    suffix,
    srcStorageClasses: source.storageClasses.map(listStorageClass),
    destStorageClasses: target.storageClasses.map(listStorageClass),
  };
  const missing = missingNamespaceFindings(
    namespaces,
    { source: new Set(source.namespaces.keys()), target: new Set(target.namespaces.keys()) },
    { source: clients.source.name, target: clients.target.name },
  );
  if (missing.length > 0) return { findings: [...missing, ...hooks, ...storage], status, converts };

  const names = namespaces.map((mapping) => mapping.source);
  const statefulSets = needsStatefulSets(plan, converts) ? await listStatefulSets(clients.source, names) : [];
  const conversion = converts ? { suffix, statefulSets } : undefined;
  const [volumes, workloads, incompatible, imageStreams, types] = await Promise.all([
    discover(clients.source, observed, input, conversion),
    inspectPlanWorkloads(clients, observed, namespaces),
    findIncompatibleTypes(clients, names, settings.excludedResources),
    settings.imagesDisabled || converts ? [] : imageStreamNamespaces(clients.source, names),
    clients.source.discover(),
  ]);
  const machines = converts ? await listVirtualMachines(clients.source, names) : [];
  const needs = { imageStreamNamespaces: imageStreams, dataVolumes: machinesWithDataVolumes(machines, volumes) };
  const pairs = existingPairs(namespaces, observed);
  return {
    converts,
    findings: [
      ...notYetSupportedFindings(plan, volumes, needs, input.notBuilt),
      ...planTypeFindings(plan, sameCluster, volumes),
      ...includedResourceFindings(plan, types, clients.source.name),
      ...(sameCluster ? intraClusterFindings(plan, pairs) : []),
      ...namespaceAnnotationFindings(pairs, clients.target.name),
      ...podFindings(source.pods, settings.limits.pods),
      ...workloads,
      ...hooks,
      ...incompatibleFindings(incompatible, clients.target.name),
      ...volumeFindings(volumes, observed, clients.target.name, input, converts),
      ...claimNameFindings(volumes, converts),
      ...statefulSetClaimFindings(volumes, statefulSets, source.claims),
      ...(converts ? conversionFindings(volumes, source.storageClasses.length) : []),
      ...storage,
    ],
    status: {
      ...status,
      incompatible: incompatible.namespaces.length > 0 ? incompatible : undefined,
      unhealthyResources: unhealthyResources(unhealthyPods(source.pods)),
    },
    spec: { persistentVolumes: volumes },
  };
}

async function connectBoth(deps: ActivityDependencies, lookups: PlanLookups): Promise<Both<ClusterClient>> {
  const connect = ({ reference = { namespace: '', name: '' } }: PlanLookups['source']) =>
    deps.clusters.connect(reference);
  const [source, target] = await Promise.all([connect(lookups.source), connect(lookups.target)]);
  return { source, target };
}

async function storageFindings(
  deps: ActivityDependencies,
  clients: Both<ClusterClient>,
  { storage }: PlanLookups,
): Promise<ConditionFinding[]> {
  const access = isReady(storage) ? await readStorageAccess(deps.store, storage.object as MigStorage) : undefined;
  if (!access || !(await holdStorage(deps.store, storage.object as MigStorage))) return [];
  return ensureStorage([clients.source, clients.target], access, storage.object?.metadata.uid ?? '');
}

/** Where claims get other names, workloads have to find them under these. */
const needsStatefulSets = ({ spec }: MigPlan, converts: boolean): boolean =>
  converts || (spec.includedResources ?? []).some(({ kind, group }) => kind === 'StatefulSet' && group === 'apps');

async function discover(
  client: ClusterClient,
  { source, target }: Both<ObservedCluster>,
  { plan, settings }: PlanToInspect,
  conversion: { suffix: string; statefulSets: readonly KubeObject[] } | undefined,
): Promise<PersistentVolumeEntry[]> {
  if (settings.volumesDisabled) return [];
  const volumes = discoverVolumes({
    claims: source.claims,
    pods: source.pods,
    volumes: await readVolumes(client, source.claims),
    moveStorageClasses: settings.moveStorageClasses,
  });
  const targetClasses = target.storageClasses.map(listStorageClass);
  const classOf = ({ storageClass, shared, pvc }: DiscoveredVolume): string => {
    const own = source.storageClasses.find(({ metadata }) => metadata.name === storageClass);
    const choice = { sourceClass: storageClass, provisioner: own?.provisioner, shared, accessModes: pvc.accessModes };
    return chooseStorageClass(choice, targetClasses);
  };
  if (!conversion) return mergeDiscovered(plan.spec.persistentVolumes, volumes, classOf);
  const claims = volumes.map(({ pvc }) => pvc);
  const nameOf = conversionNames(claims, conversion.statefulSets, conversion.suffix);
  return mergeDiscovered(plan.spec.persistentVolumes, volumes, classOf, ({ pvc }) => nameOf(pvc));
}

function volumeFindings(
  volumes: readonly PersistentVolumeEntry[],
  { source, target }: Both<ObservedCluster>,
  targetCluster: string,
  { plan, settings }: PlanToInspect,
  converts: boolean,
): ConditionFinding[] {
  const namespaces = parseMappings(plan.spec.namespaces);
  const limit = settings.limits.persistentVolumes;
  const classes = target.storageClasses.map(listStorageClass);
  const copies = volumes.some(({ selection }) => selection.action === 'copy');
  const unbound = settings.volumesDisabled ? [] : unboundClaims(source.claims);
  return [
    required('PvsDiscovered', 'Done', `${volumes.length} persistent volumes were discovered.`),
    ...selectionFindings(volumes, classes, { targetCluster, limit }),
    ...targetClaimFindings(converts ? volumes.filter(isRenamed) : volumes, namespaces, target, plan.metadata.uid ?? ''),
    ...quotaFindings(volumes, namespaces, target),
    ...(unbound.length > 0
      ? [
          warn(
            'ClaimsNotBound',
            'NotBound',
            'Claims of the source are bound to no volume and are not migrated: [].',
            unbound,
          ),
        ]
      : []),
    ...(copies && settings.run.transferImage === ''
      ? [
          critical(
            'TransferImageNotSet',
            'NotSet',
            'No image for the transfer pods is known. Set rsync_transfer_image_fqin in MigrationController to one that both clusters can pull.',
          ),
        ]
      : []),
  ];
}

/** That a conversion would copy a claim into itself is told by the name it lacks. */
const isRenamed = ({ pvc }: PersistentVolumeEntry): boolean => !isUnmapped(parseMapping(pvc.name ?? ''));

const existingPairs = (namespaces: readonly Mapping[], { source, target }: Both<ObservedCluster>) =>
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
