import { type MigrationStore, StoreError, SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import { REGISTERED } from '../resources/kinds/registrations.js';
import type { KubeObject } from '../resources/meta/kube-object.js';

/** Removes what was owned by an object that is gone, as Kubernetes' garbage collector would. Idempotent. */
export async function removeOwned(
  { resources }: MigrationStore,
  owner: { kind: string; namespace: string; uid: string },
): Promise<void> {
  const { namespace } = owner;
  for (const { kind, label } of REGISTERED.ownedBy(owner.kind)) {
    const { items } = await resources.list({ kind, namespace, labelSelector: `${label}=${owner.uid}` });
    for (const object of items.filter((candidate) => isOwnedBy(candidate, owner.uid))) {
      const { name, uid } = object.metadata;
      await resources.remove({ kind, namespace, name }, { actor: SYSTEM_ACTOR, uid }).catch(unlessReplaced);
    }
  }
}

const isOwnedBy = ({ metadata }: KubeObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;

/** It was removed in the meantime, and another one may have been created. */
function unlessReplaced(error: unknown): void {
  if (!(error instanceof StoreError && error.reason === 'Conflict')) throw error;
}
