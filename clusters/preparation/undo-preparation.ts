import pLimit from 'p-limit';
import {
  describeReference,
  type KubeObject,
  type ObjectReference,
  referenceOf,
} from '../../resources/meta/kube-object.js';
import type { ClusterClient } from '../cluster-client.js';
import { waitUntilGone } from '../wait-for.js';
import { FIELD_MANAGER, migrationNamespace, PREPARATION } from './manifests.js';
import { isMadeByPreparation } from './prepare-cluster.js';

export type UndoStep = { object: ObjectReference; outcome: 'removed' | 'kept'; reason?: string };

/** Objects that every namespace gets by itself, by name. */
const EVERY_NAMESPACE_HAS: Record<string, RegExp> = {
  ConfigMap: /^(kube-root-ca\.crt|openshift-service-ca\.crt)$/,
  ServiceAccount: /^(default|builder|deployer)$/,
  Secret: /^(default|builder|deployer)-(token|dockercfg)-/,
  RoleBinding: /^system:/,
  Event: /./,
};

/**
 * Removes what {@link prepareCluster} made, recognized by its label, and takes back what it set on objects of others. The namespace goes
 * only if it was made here and nothing of others is in it.
 */
export async function undoPreparation(
  client: ClusterClient,
  onStep: (step: UndoStep) => void = () => {},
): Promise<void> {
  for (const manifest of PREPARATION.toReversed()) {
    const object = await client.get(referenceOf(manifest));
    if (object) {
      onStep(await undo(client, object));
    }
  }
}

async function undo(client: ClusterClient, object: KubeObject): Promise<UndoStep> {
  const ref = referenceOf(object);
  if (!isMadeByPreparation(object)) {
    const { apiVersion, kind } = object;
    const { name, namespace } = object.metadata;
    // An apply without fields gives up those that this manager had set alone.
    await client.apply({ apiVersion, kind, metadata: { name, namespace } }, { fieldManager: FIELD_MANAGER });
    return { object: ref, outcome: 'kept', reason: 'it was there before' };
  }
  if (object.kind === migrationNamespace.kind) {
    const others = await othersIn(client, object.metadata.name);
    if (others.length > 0) {
      const shown = others.slice(0, 5).map(describeReference).join(', ');
      const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
      return { object: ref, outcome: 'kept', reason: `it holds ${shown}${more}` };
    }
  }
  const { uid } = object.metadata;
  await client.remove(ref, { uid });
  await waitUntilGone(client, ref, { uid });
  return { object: ref, outcome: 'removed' };
}

async function othersIn(client: ClusterClient, namespace: string): Promise<ObjectReference[]> {
  const types = (await client.discover({ refresh: true })).filter(({ namespaced }) => namespaced);
  const limited = pLimit(8);
  const lists = await Promise.all(types.map((type) => limited(() => client.list(type, { namespace }))));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ kind, metadata }) => !EVERY_NAMESPACE_HAS[kind]?.test(metadata.name))
    .map(referenceOf);
}
