import type { KubeObject } from '../meta/kube-object.js';
import { describeReference, referenceOf } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';

/** Who else may use a cluster-scoped object, once what the plan brought into its namespaces is gone. */
export interface ClusterUsers {
  planUid: string;
  /** Namespaces that the plan migrates into. */
  planNamespaces: ReadonlySet<string>;
  /** All that are there. */
  namespaces: ReadonlySet<string>;
  /** Of the plan's namespaces. */
  accounts: readonly KubeObject[];
  /** RoleBindings and ClusterRoleBindings that stay. */
  bindings: readonly KubeObject[];
  pods: readonly KubeObject[];
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const NAMED_ACCOUNT = /^system:serviceaccounts?:([^:]+)(?::(.+))?$/;

/** The account a subject stands for; users and groups of the whole cluster have none. */
function accountOf({ kind, name, namespace }: Subject): { namespace: string; name?: string } | undefined {
  if (kind === 'ServiceAccount') return { namespace: namespace ?? '', name };
  const [, inNamespace, account] = NAMED_ACCOUNT.exec(name) ?? [];
  return inNamespace === undefined ? undefined : { namespace: inNamespace, name: account };
}

const subjectsOf = ({ kind, subjects, users, groups }: KubeObject): Subject[] =>
  kind === 'SecurityContextConstraints'
    ? [
        ...(users ?? []).map((name: string) => ({ kind: 'User', name })),
        ...(groups ?? []).map((name: string) => ({ kind: 'Group', name })),
      ]
    : (subjects ?? []);

/** Whether a subject is of others: of a namespace that is there, of another plan, or a person or group of the cluster. */
function isForeign(subject: Subject, users: ClusterUsers): boolean {
  const account = accountOf(subject);
  if (!account) return true;
  // A namespace that is still to come, such as that of a plan that has not run yet, brings the object with it.
  if (!users.planNamespaces.has(account.namespace)) return users.namespaces.has(account.namespace);
  return users.accounts.some(
    ({ metadata }) =>
      metadata.namespace === account.namespace &&
      (account.name === undefined || metadata.name === account.name) &&
      (metadata.labels?.[LABELS.migratedByPlan] ?? users.planUid) !== users.planUid,
  );
}

const describeSubject = ({ kind, name, namespace }: Subject): string =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** What uses a cluster-scoped object beside the plan that brought it. */
export function otherUsers(object: KubeObject, users: ClusterUsers): string[] {
  const { name } = object.metadata;
  switch (object.kind) {
    case 'ClusterRoleBinding':
    case 'SecurityContextConstraints':
      return subjectsOf(object)
        .filter((subject) => isForeign(subject, users))
        .map(describeSubject);
    case 'ClusterRole':
      return users.bindings
        .filter(({ roleRef }) => roleRef?.kind === 'ClusterRole' && roleRef.name === name)
        .map((binding) => describeReference(referenceOf(binding)));
    case 'PriorityClass':
      return users.pods
        .filter(({ spec }) => spec?.priorityClassName === name)
        .map((pod) => describeReference(referenceOf(pod)));
    default:
      return [];
  }
}
