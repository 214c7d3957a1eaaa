import type { ApiType, CallOptions, ClusterClient } from '../../clusters/cluster-client.js';

/** Those of the types that the cluster serves: what OpenShift, KubeVirt or an operator brings is not everywhere. */
export async function servedTypes<Type extends ApiType>(
  client: ClusterClient,
  types: readonly Type[],
  options: CallOptions,
): Promise<Type[]> {
  const served = await Promise.all(types.map((type) => client.resourceOf(type, options)));
  return types.filter((_, index) => served[index] !== undefined);
}
