import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';

// cspell:ignore customresourcedefinitions

/** Kinds in use in a namespace that the target does not serve, as `status.incompatible` lists them. */
export interface IncompatibleTypes {
  namespaces: { name: string; gvks: { group: string; version: string; kind: string }[] }[];
}

/**
 * Compares what the source namespaces hold with what the target serves. Custom resources are left out where their definition is
 * migrated with them: not where that is excluded, nor where the target has one that lacks the version, which stays as it is.
 *
 * @param excluded resources that are never migrated, as `plural` or `plural.group`
 */
export async function findIncompatibleTypes(
  clients: { source: ClusterClient; target: ClusterClient },
  namespaces: readonly string[],
  excluded: readonly string[],
): Promise<IncompatibleTypes> {
  const types = (await clients.source.discover()).filter(
    ({ namespaced, verbs, resource, group }) =>
      namespaced &&
      verbs.includes('list') &&
      // What cannot be created (metrics of pods, for example) is made by the cluster itself.
      verbs.includes('create') &&
      !excluded.some((name) => name === resource || name === `${resource}.${group}`),
  );
  const unserved: ApiResource[] = [];
  for (const type of types) {
    if (!(await clients.target.resourceOf(type)) && !(await bringsDefinition(clients, type, excluded)))
      unserved.push(type);
  }
  const found: IncompatibleTypes['namespaces'] = [];
  for (const name of namespaces) {
    const gvks = [];
    for (const type of unserved) {
      const { items } = await clients.source.list(type, { namespace: name });
      if (items.length > 0) gvks.push({ group: type.group, version: type.version, kind: type.kind });
    }
    if (gvks.length > 0) found.push({ name, gvks });
  }
  return { namespaces: found };
}

async function bringsDefinition(
  { source, target }: { source: ClusterClient; target: ClusterClient },
  type: ApiResource,
  excluded: readonly string[],
): Promise<boolean> {
  const definitions = 'customresourcedefinitions';
  if (excluded.includes(definitions) || excluded.includes(`${definitions}.apiextensions.k8s.io`)) return false;
  return (await isCustom(source, type)) && !(await isCustom(target, type));
}

const isCustom = async (client: ClusterClient, { resource, group }: ApiResource): Promise<boolean> =>
  (await client.get({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: `${resource}.${group}`,
  })) !== undefined;
