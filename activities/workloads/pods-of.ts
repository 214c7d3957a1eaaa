import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject, OwnerReference } from '../../resources/meta/kube-object.js';
import { controllerOf, keeperOf } from '../../resources/workloads/ownership.js';

interface Keeper {
  uid: string;
  apiVersion: string;
  /** Undefined when it is gone. */
  read: () => Promise<KubeObject | undefined>;
}

/** Tells what keeps a pod, from the nearest on (ReplicaSet, Deployment, …); each is read once, and only when the next one is asked for. */
export function keepersOf(
  client: ClusterClient,
  options: CallOptions,
): (object: KubeObject) => AsyncGenerator<Keeper, void> {
  const known = new Map<string, Promise<KubeObject | undefined>>();

  const read = ({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined) => {
    const keeper = known.get(uid) ?? client.get({ apiVersion, kind, name, namespace }, options);
    known.set(uid, keeper);
    return keeper;
  };

  return async function* (object) {
    let owner = keeperOf(object);
    while (owner) {
      const reference = owner;
      yield { uid: reference.uid, apiVersion: reference.apiVersion, read: () => read(reference, object.metadata.namespace) };
      const keeper = await read(reference, object.metadata.namespace);
      owner = keeper && controllerOf(keeper);
    }
  };
}

/** Tells whether a pod belongs to one of these workloads, through whatever controllers stand between (ReplicaSet, Job, …). */
export function belongsTo(
  client: ClusterClient,
  workloads: readonly KubeObject[],
  options: CallOptions,
): (pod: KubeObject) => Promise<boolean> {
  const uids = new Set(workloads.map(({ metadata }) => metadata.uid));
  const keepers = keepersOf(client, options);
  return async (pod) => {
    for await (const { uid } of keepers(pod)) if (uids.has(uid)) return true;
    return false;
  };
}

/** Tells whether a pod is one of these objects or of one of them, through whatever controllers stand between. */
export function isAmong(
  client: ClusterClient,
  objects: readonly KubeObject[],
  options: CallOptions,
): (pod: KubeObject) => Promise<boolean> {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const belongs = belongsTo(client, objects, options);
  return async (pod) => uids.has(pod.metadata.uid) || belongs(pod);
}

/** What Kubernetes' own controllers are defined in. */
const BUILT_IN = ['v1', 'apps/v1', 'batch/v1'];

/**
 * Tells whether a controller of a pod has been deleted, so that the garbage collector is about to delete the pod: until then it runs, and
 * nothing tells any more whose it was.
 */
export function losesKeeper(client: ClusterClient, options: CallOptions): (pod: KubeObject) => Promise<boolean> {
  const keepers = keepersOf(client, options);
  return async (pod) => {
    for await (const { apiVersion, read } of keepers(pod)) {
      if (BUILT_IN.includes(apiVersion) && (await read()) === undefined) return true;
    }
    return false;
  };
}
