import type { ApiType, CallOptions, ClusterClient } from '../../clusters/cluster-client.js';

/** The types among these that the cluster serves: those of OpenShift, KubeVirt or an operator are not on every cluster. */
export async function servedTypes<Type extends ApiType>(
  client: ClusterClient,
  types: readonly Type[],
  options: CallOptions,
): Promise<Type[]> {
  const served = await Promise.all(types.map((type) => client.resourceOf(type, options)));
  return types.filter((_, index) => served[index] !== undefined);
}
