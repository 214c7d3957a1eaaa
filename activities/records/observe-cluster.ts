import pLimit from 'p-limit';
import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { SCALER_TYPES } from '../../resources/workloads/scalers.js';
import { WORKLOAD_KINDS } from '../../resources/workloads/workload-kinds.js';
import { servedTypes } from '../kit/served-types.js';
import { withoutHelpers } from '../kit/without-helpers.js';

/** What the rules of a plan read from one of its clusters. */
export interface ObservedCluster {
  /** uid of kube-system: tells whether two MigClusters are one cluster. */
  uid: string;
  /** Those of the plan, and the migration namespace, that are there; by name. */
  namespaces: ReadonlyMap<string, KubeObject>;
  storageClasses: KubeObject[];
  /** Claims and pods of the plan's namespaces, without helpers of recorded runs. */
  claims: KubeObject[];
  pods: KubeObject[];
  /** Of the plan's namespaces. */
  quotas: KubeObject[];
  limitRanges: KubeObject[];
}

const AT_A_TIME = 8;
const VIRTUAL_MACHINE = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine' } as const;

/** Reads one cluster for a plan. Nothing is read from a namespace that does not exist. */
export async function observeCluster(
  client: ClusterClient,
  names: readonly string[],
  store: Pick<MigrationStore, 'runs'>,
): Promise<ObservedCluster> {
  const [system, found, storageClasses] = await Promise.all([
    client.get(namespaceRef('kube-system')),
    inParallel([...new Set([...names, MIGRATION_NAMESPACE])], (name) => client.get(namespaceRef(name))),
    client.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' }),
  ]);
  const namespaces = new Map(found.flatMap((object) => (object ? [[object.metadata.name, object]] : [])));
  const present = names.filter((name) => namespaces.has(name));
  const [claims, pods, quotas, limitRanges] = await Promise.all([
    listIn(client, 'PersistentVolumeClaim', present),
    listIn(client, 'Pod', present),
    listIn(client, 'ResourceQuota', present),
    listIn(client, 'LimitRange', present),
  ]);
  return {
    uid: system?.metadata.uid ?? '',
    namespaces,
    storageClasses: storageClasses.items,
    claims,
    pods: await withoutHelpers(store)(pods),
    quotas,
    limitRanges,
  };
}

/** Objects of the kinds that can be halted, those that follow others included, and what scales them. Helpers of ours are left out. */
export async function readWorkloads(
  client: ClusterClient,
  names: readonly string[],
  store: Pick<MigrationStore, 'runs'>,
): Promise<{ workloads: KubeObject[]; scalers: KubeObject[] }> {
  const read = async (types: readonly ApiType[]): Promise<KubeObject[]> => {
    const served = await servedTypes(client, types, {});
    const places = served.flatMap((type) => names.map((namespace) => ({ type, namespace })));
    const lists = await inParallel(places, ({ type, namespace }) => client.list(type, { namespace }));
    return lists.flatMap(({ items }) => items);
  };
  const [workloads, scalers] = await Promise.all([read(WORKLOAD_KINDS), read(SCALER_TYPES)]);
  return { workloads: await withoutHelpers(store)(workloads), scalers };
}

/** The volumes that claims are bound to, by name. */
export async function readVolumes(
  client: ClusterClient,
  claims: readonly KubeObject[],
): Promise<ReadonlyMap<string, KubeObject>> {
  const names = claims.flatMap(({ spec }): string[] => (spec?.volumeName ? [spec.volumeName] : []));
  const volumes = await inParallel(names, (name) => client.get({ apiVersion: 'v1', kind: 'PersistentVolume', name }));
  return new Map(volumes.flatMap((volume) => (volume ? [[volume.metadata.name, volume]] : [])));
}

/** Those of the namespaces that hold ImageStreams; none where the cluster does not know the kind. */
export async function imageStreamNamespaces(client: ClusterClient, names: readonly string[]): Promise<string[]> {
  const type = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream' };
  if (!(await client.resourceOf(type))) return [];
  const lists = await inParallel(names, (namespace) => client.list(type, { namespace }));
  return names.filter((_, index) => (lists[index]?.items.length ?? 0) > 0);
}

export const listStatefulSets = (client: ClusterClient, names: readonly string[]): Promise<KubeObject[]> =>
  listIn(client, 'StatefulSet', names, 'apps/v1');

/** None where the cluster does not know the kind. */
export const listVirtualMachines = async (client: ClusterClient, names: readonly string[]): Promise<KubeObject[]> =>
  (await client.resourceOf(VIRTUAL_MACHINE))
    ? listIn(client, VIRTUAL_MACHINE.kind, names, VIRTUAL_MACHINE.apiVersion)
    : [];

async function listIn(
  client: ClusterClient,
  kind: string,
  namespaces: readonly string[],
  apiVersion = 'v1',
): Promise<KubeObject[]> {
  const lists = await inParallel(namespaces, (namespace) => client.list({ apiVersion, kind }, { namespace }));
  return lists.flatMap(({ items }) => items);
}

const namespaceRef = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name });

function inParallel<Input, Output>(
  inputs: readonly Input[],
  ask: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const limit = pLimit(AT_A_TIME);
  return Promise.all(inputs.map((input) => limit(() => ask(input))));
}
