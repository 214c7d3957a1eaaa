import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { apiVersionOf, findKind } from '../../resources/kinds/index.js';
import type { KubeObject, OwnerReference } from '../../resources/meta/kube-object.js';
import { FOREGROUND_DELETION } from '../../resources/meta/labels.js';

/** `unknown`: of a kind that is not served here. It may well be there, and is taken to be. */
export type OwnerState = 'there' | 'deletesDependents' | 'gone' | 'unknown';

/** An owner is in the namespace of the object or in none: one elsewhere counts as gone, as in Kubernetes. */
export async function stateOfOwner(
  { resources }: MigrationStore,
  dependent: KubeObject,
  { apiVersion, kind, name, uid }: OwnerReference,
): Promise<OwnerState> {
  const definition = findKind(kind);
  if (!definition || apiVersionOf(definition).split('/')[0] !== apiVersion.split('/')[0]) return 'unknown';
  const namespace = definition.namespaced ? (dependent.metadata.namespace ?? '') : '';
  const owner = await resources.get({ kind, namespace, name });
  if (owner?.metadata.uid !== uid) return 'gone';
  return isBeingDeleted(owner, FOREGROUND_DELETION) ? 'deletesDependents' : 'there';
}

/** Whether an object waits for its deletion with this finalizer. */
export const isBeingDeleted = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true;

export const withoutOwners = ({ metadata, ...object }: KubeObject, uids: ReadonlySet<string>): KubeObject => {
  const left = metadata.ownerReferences?.filter(({ uid }) => !uids.has(uid)) ?? [];
  return { ...object, metadata: { ...metadata, ownerReferences: left.length > 0 ? left : undefined } };
};

/** Whether the owner waits for this object to go. */
export const blocks = ({ metadata }: KubeObject, ownerUid: string): boolean =>
  metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true) ===
  true;
