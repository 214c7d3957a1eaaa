import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject, OwnerReference } from '../../resources/kube-object.js';
import { controllerOf, keeperOf } from '../../resources/workloads/ownership.js';

/** Tells whether a pod belongs to one of these workloads, through whatever controllers stand between (ReplicaSet, Job, …). */
export function belongsTo(
  client: ClusterClient,
  workloads: readonly KubeObject[],
  options: CallOptions,
): (pod: KubeObject) => Promise<boolean> {
  const uids = new Set(workloads.map(({ metadata }) => metadata.uid));
  const parents = new Map<string, Promise<OwnerReference | undefined>>();

  const parentOf = (owner: OwnerReference, namespace: string | undefined): Promise<OwnerReference | undefined> => {
    const { apiVersion, kind, name, uid } = owner;
    const parent =
      parents.get(uid) ??
      client.get({ apiVersion, kind, name, namespace }, options).then((object) => object && controllerOf(object));
    parents.set(uid, parent);
    return parent;
  };

  return async (pod) => {
    let owner = keeperOf(pod);
    while (owner) {
      if (uids.has(owner.uid)) return true;
      owner = await parentOf(owner, pod.metadata.namespace);
    }
    return false;
  };
}
