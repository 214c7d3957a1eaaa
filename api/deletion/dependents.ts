import {
  type Actor,
  isGoneOrReplaced,
  type MigrationStore,
  SYSTEM_ACTOR,
} from '../../migrations-db/migration-store.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FOREGROUND_DELETION } from '../../resources/meta/labels.js';

const keyOf = ({ kind, metadata }: KubeObject) => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** The objects that are deleted before their owner. */
export async function dependentsOf(
  { resources }: MigrationStore,
  { dependents = [] }: KindDefinition,
  { namespace, name }: { namespace: string; name: string },
): Promise<KubeObject[]> {
  const lists = dependents.map(({ kind, field }) =>
    resources.list({ kind, namespace, fieldSelector: `${field}=${name}` }),
  );
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

/** The owner with the finalizer that keeps it until its dependents are gone. */
export function waitForDependents(owner: KubeObject): KubeObject {
  const finalizers = new Set([...(owner.metadata.finalizers ?? []), FOREGROUND_DELETION]);
  return { ...owner, metadata: { ...owner.metadata, finalizers: [...finalizers] } };
}

export async function removeAll(
  { resources }: MigrationStore,
  objects: readonly KubeObject[],
  options: { actor: Actor; dryRun?: boolean },
): Promise<void> {
  for (const object of objects) await resources.remove(keyOf(object), { ...options, uid: object.metadata.uid });
}

/** Removes the owners that wait for dependents and have none left. */
export async function releaseOwners(store: MigrationStore, owners: KindDefinition): Promise<void> {
  const { items } = await store.resources.list({ kind: owners.kind });
  for (const owner of items.filter(isWaiting)) {
    const dependents = await dependentsOf(store, owners, keyOf(owner));
    if (dependents.length === 0) await release(store, owner);
  }
}

const isWaiting = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND_DELETION);

async function release({ resources }: MigrationStore, owner: KubeObject): Promise<void> {
  const letGo = ({ metadata, ...current }: KubeObject): KubeObject => ({
    ...current,
    metadata: { ...metadata, finalizers: metadata.finalizers?.filter((name) => name !== FOREGROUND_DELETION) },
  });
  try {
    await resources.update(keyOf(owner), letGo, { actor: SYSTEM_ACTOR, uid: owner.metadata.uid });
  } catch (error) {
    // Another writer was faster.
    if (!isGoneOrReplaced(error)) throw error;
  }
}
