import type { KubeObject } from '../meta/kube-object.js';
import { shortHash } from '../run/names.js';
import { isSubjectOf, type Subject, subjectsOf } from './cluster-rights.js';
import { mapNamespaceReferences, type NamespaceMapping } from './namespace-references.js';
import type { ObjectKind } from './object-kind.js';

export const CLUSTER_ROLE_BINDING: ObjectKind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  groupResource: 'clusterrolebindings.rbac.authorization.k8s.io',
};

export interface SharedBinding {
  /** Subjects of the plan's namespaces, as the target knows them, that the target's binding lacks. */
  missing: string[];
  /** What Velero makes of the binding: one of another name with these subjects alone. Undefined when it would grant another role. */
  patch?: { metadata: { name: string }; subjects: Subject[] };
}

/**
 * A binding of the source whose name the target knows already, from another plan or from before. Velero leaves that one as it is, and it
 * may not name the accounts that come now: these get a binding of their own beside it, which is the plan's to remove.
 *
 * @param namespaces source namespaces of the plan
 * @returns undefined when nothing is missing
 */
export function sharedBinding(
  binding: KubeObject,
  onTarget: KubeObject,
  { namespaces, mapping, planUid }: { namespaces: readonly string[]; mapping: NamespaceMapping; planUid: string },
): SharedBinding | undefined {
  const ours = subjectsOf(binding).filter((subject) => isSubjectOf(subject, namespaces));
  const wanted: Subject[] = subjectsOf(mapNamespaceReferences({ ...binding, subjects: ours }, mapping));
  const there = new Set(subjectsOf(onTarget).map(describe));
  const missing = wanted.filter((subject) => !there.has(describe(subject)));
  if (missing.length === 0) return undefined;
  const sameRole = JSON.stringify(roleOf(binding)) === JSON.stringify(roleOf(onTarget));
  return {
    missing: missing.map(describe),
    ...(sameRole && {
      patch: { metadata: { name: `${binding.metadata.name}-${shortHash(planUid)}` }, subjects: missing },
    }),
  };
}

const roleOf = ({ roleRef }: KubeObject) => [roleRef?.kind, roleRef?.name];

const describe = ({ kind, name, namespace }: Subject): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
