import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import type { Pulse } from '../kit/pulse.js';
import { removeObjects } from '../kit/remove-objects.js';

/**
 * Removes CustomResourceDefinitions of ours, which would take every object of their kind along: those of which any is left stay.
 *
 * @returns the definitions that stay
 */
export async function removeDefinitions(
  client: ClusterClient,
  definitions: readonly KubeObject[],
  pulse: Pulse,
): Promise<string[]> {
  const kept: string[] = [];
  const unused: KubeObject[] = [];
  for (const definition of definitions) {
    const objects = await objectsOf(client, definition, pulse.signal);
    if (objects.length === 0) {
      unused.push(definition);
      continue;
    }
    const names = objects.map((object) => describeReference(referenceOf(object)));
    kept.push(`${describeReference(referenceOf(definition))} stays: others keep ${listSome(names, { most: 3 })}`);
  }
  await removeObjects(client, unused, { waitingFor: 'the custom resource definitions to be gone' }, pulse);
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
