import pLimit from 'p-limit';
import type { ApiType, ClusterClient, ListOptions } from '../../clusters/cluster-client.js';
import { isNotFound } from '../../clusters/kubernetes-api-error.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { CONCURRENCY } from './concurrency.js';

interface Scope {
  namespaces: readonly string[];
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
}

/** Objects by type, in the given namespaces and, for cluster-scoped types, in the cluster. A type that is not served has none. */
export async function readObjects<Type extends ApiType>(
  client: ClusterClient,
  types: readonly Type[],
  { namespaces, signal, ...selectors }: Scope,
): Promise<{ type: Type; objects: KubeObject[] }[]> {
  const limited = pLimit(CONCURRENCY.objects);
  return Promise.all(
    types.map(async (type) => {
      const resource = await client.resourceOf(type, { signal });
      const places = resource ? (resource.namespaced ? namespaces : [undefined]) : [];
      const lists = await Promise.all(
        places.map((namespace) => limited(() => listServed(client, type, { namespace, signal, ...selectors }))),
      );
      return { type, objects: lists.flat() };
    }),
  );
}

/** A cluster's types are cached: a definition may have been deleted since, and its objects with it. */
async function listServed(client: ClusterClient, type: ApiType, options: ListOptions): Promise<KubeObject[]> {
  try {
    return (await client.list(type, options)).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
