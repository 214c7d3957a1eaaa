import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import type { Pulse } from '../kit/pulse.js';
import { removeObjects } from '../kit/remove-objects.js';

/**
 * Removes CustomResourceDefinitions of ours, which would take every object of their kind along: those of which any is left stay. Nothing
 * on the server can refuse objects of a kind for a while; so each is looked at right before it is deleted, and deleted as it was then.
 *
 * @returns the definitions that stay
 */
export async function removeDefinitions(
  client: ClusterClient,
  definitions: readonly KubeObject[],
  planUid: string,
  pulse: Pulse,
): Promise<string[]> {
  const { signal } = pulse;
  const kept: string[] = [];
  for (const found of definitions) {
    const definition = await client.get(referenceOf(found), { signal });
    if (!definition || definition.metadata.uid !== found.metadata.uid) continue;
    const title = describeReference(referenceOf(found));
    if (definition.metadata.labels?.[LABELS.migratedByPlan] !== planUid) {
      kept.push(`${title} stays: it does not carry the label of the migration any more`);
      continue;
    }
    const names = (await objectsOf(client, definition, signal)).map((object) => describeReference(referenceOf(object)));
    if (names.length > 0) kept.push(`${title} stays: others keep ${listSome(names, { most: 3 })}`);
    else {
      const removal = { waitingFor: 'the custom resource definitions to be gone', unchanged: true } as const;
      await removeObjects(client, [definition], removal, pulse);
    }
  }
  return kept;
}

async function objectsOf(client: ClusterClient, { spec }: KubeObject, signal: AbortSignal): Promise<KubeObject[]> {
  const versions: { name: string; served?: boolean; storage?: boolean }[] = spec?.versions ?? [];
  const served = versions.filter((version) => version.served);
  const version = served.find(({ storage }) => storage) ?? served[0];
  if (!version) return [];
  try {
    const type = { apiVersion: `${spec?.group}/${version.name}`, kind: spec?.names?.kind };
    return (await client.list(type, { signal })).items;
  } catch (error) {
    // It was never established, its conversion does not work, or it was deleted at this moment.
    if (isNotFound(error)) return [];
    throw error;
  }
}
