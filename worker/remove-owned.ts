import { type MigrationStore, StoreError, SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { LABELS } from '../resources/meta/labels.js';

/** What shows the copies of an object of each kind, and the label that carries the owner's uid. */
const OWNED: Record<string, { kind: string; label: string }> = {
  MigMigration: { kind: 'DirectVolumeMigration', label: LABELS.directVolume },
  DirectVolumeMigration: { kind: 'DirectVolumeMigrationProgress', label: LABELS.directVolumeMigration },
};

/** Removes what was owned by an object that is gone, as Kubernetes' garbage collector would. Idempotent. */
export async function removeOwned(
  { resources }: MigrationStore,
  owner: { kind: string; namespace: string; uid: string },
): Promise<void> {
  const owned = OWNED[owner.kind];
  if (!owned) return;
  const { kind, label } = owned;
  const { namespace } = owner;
  const { items } = await resources.list({ kind, namespace, labelSelector: `${label}=${owner.uid}` });
  for (const object of items.filter((candidate) => isOwnedBy(candidate, owner.uid))) {
    const { name, uid } = object.metadata;
    await resources.remove({ kind, namespace, name }, { actor: SYSTEM_ACTOR, uid }).catch(unlessReplaced);
  }
}

const isOwnedBy = ({ metadata }: KubeObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;

/** Somebody removed it, and may have made another one, meanwhile. */
function unlessReplaced(error: unknown): void {
  if (!(error instanceof StoreError && error.reason === 'Conflict')) throw error;
}
