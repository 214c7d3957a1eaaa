import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { foreignContent, unknownOwners } from '../../resources/rollback/namespace-content.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { removeObjects } from '../kit/remove-objects.js';
import type { PlanCreations } from './created-objects.js';

/**
 * Removes namespaces of ours that hold nothing of others.
 *
 * @returns the namespaces that stay, with what keeps them
 */
export async function removeNamespaces(
  client: ClusterClient,
  namespaces: readonly KubeObject[],
  creations: PlanCreations,
  pulse: Pulse,
): Promise<string[]> {
  if (namespaces.length === 0) return [];
  const { signal } = pulse;
  // What cannot be deleted, such as metrics, belongs to the cluster.
  const types = (await client.discover({ signal, refresh: true })).filter(
    ({ namespaced, verbs }) => namespaced && verbs.includes('delete'),
  );
  const looks = await Promise.all(
    namespaces.map(async (namespace) => ({
      namespace,
      keeps: namespace.metadata.deletionTimestamp ? [] : await whatKeeps(client, namespace, types, creations, signal),
    })),
  );
  const empty = looks.filter(({ keeps }) => keeps.length === 0).map(({ namespace }) => namespace);
  await removeObjects(client, empty, { waitingFor: 'the namespaces of the migration to be gone' }, pulse);
  return looks
    .filter(({ keeps }) => keeps.length > 0)
    .map(({ namespace, keeps }) => `Namespace ${namespace.metadata.name} stays: it contains ${listSome(keeps)}`);
}

async function whatKeeps(
  client: ClusterClient,
  { metadata: { name } }: KubeObject,
  types: readonly ApiResource[],
  creations: PlanCreations,
  signal: AbortSignal,
): Promise<string[]> {
  const unreadable: string[] = [];
  const lists = await Promise.all(
    types.map(async (type) => {
      try {
        const [found] = await readObjects(client, [type], { namespaces: [name], signal });
        return found?.objects ?? [];
      } catch (error) {
        if (!(error instanceof KubernetesApiError) || error.retryable) throw error;
        // 405: nothing of it can be there. What may not be read may belong to others.
        if (error.code === 403) unreadable.push(`perhaps ${type.kind}, which may not be listed`);
        return [];
      }
    }),
  );
  const objects = lists.flat();
  const living = await Promise.all(
    unknownOwners(objects, creations).map(async (owner) => {
      const { apiVersion, kind, uid } = owner;
      const found = await client.get({ apiVersion, kind, name: owner.name, namespace: name }, { signal });
      return found?.metadata.uid === uid ? [uid] : [];
    }),
  );
  const foreign = foreignContent(objects, { ...creations, living: new Set(living.flat()) });
  const names = foreign.map((object) => describeReference({ ...referenceOf(object), namespace: undefined }));
  return [...[...new Set(names)].sort(), ...unreadable];
}
