import type { ConditionFinding } from '../meta/conditions.js';
import { cutText } from '../meta/cut-text.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import {
  accountsOf,
  isSubjectOf,
  placesOf,
  privilegesOf,
  type Subject,
  subjectsOf,
} from '../transforms/cluster-rights.js';

/** One right beyond the namespaces of a plan, as its status lists it. */
export interface ClusterRight {
  kind: 'ClusterRoleBinding' | 'SecurityContextConstraints' | 'Namespace';
  /** Of the object on the source. */
  name: string;
  /** `ClusterRole view`; `pod-security.kubernetes.io/enforce=privileged` */
  grants: string;
  /** Accounts of the plan that have it. */
  accounts?: string[];
  /** Users, groups and accounts of the same object that do not travel. */
  leftOut?: number;
  /** False for what belongs to the source cluster alone. */
  travels: boolean;
}

/** A status is read by people, and is written with every check. */
const MOST_RIGHTS = 100;
const MOST_ACCOUNTS = 20;

/** What the source shows of rights that reach beyond namespaces. */
export interface ObservedRights {
  namespaces: readonly string[];
  bindings: readonly KubeObject[];
  constraints: readonly KubeObject[];
  /** Namespaces of the source that the target does not have: they are made with their labels. */
  newNamespaces: readonly KubeObject[];
}

export function clusterRights({ namespaces, bindings, constraints, newNamespaces }: ObservedRights): ClusterRight[] {
  return [
    ...bindings.flatMap((binding) => {
      const all = subjectsOf(binding);
      const ours = all.filter((subject) => isSubjectOf(subject, namespaces)).map(describe);
      const { kind, name } = binding.roleRef ?? {};
      return rightOf('ClusterRoleBinding', binding, `${kind} ${name}`, ours, all.length);
    }),
    ...constraints.flatMap((each) => {
      const all = (each.users?.length ?? 0) + (each.groups?.length ?? 0);
      return rightOf('SecurityContextConstraints', each, 'use', accountsOf(each, namespaces), all);
    }),
    ...newNamespaces.flatMap((namespace) => [
      ...privilegesOf(namespace).map((label) => labelOf(namespace, label, true)),
      ...placesOf(namespace).map((label) => labelOf(namespace, label, false)),
    ]),
  ];
}

/** As the plan's status lists them. */
export const listedRights = (rights: readonly ClusterRight[]): ClusterRight[] | undefined =>
  rights.length > 0
    ? rights.slice(0, MOST_RIGHTS).map((right) => ({
        ...right,
        grants: cutText(right.grants),
        ...(right.accounts && { accounts: right.accounts.slice(0, MOST_ACCOUNTS).map((name) => cutText(name)) }),
      }))
    : undefined;

/** @param target name of the cluster they arrive in */
export function clusterRightsFindings(rights: readonly ClusterRight[], target: string): ConditionFinding[] {
  const items = rights.filter(({ travels }) => travels).map(({ kind, name, grants }) => `${kind} ${name} (${grants})`);
  if (items.length === 0) return [];
  return [
    warn(
      'ClusterRightsTravel',
      'Found',
      `Rights that reach beyond the namespaces of the plan arrive in cluster ${target}, for its accounts alone: []. See status.clusterRights; take away on the source what the target must not get.`,
      items.slice(0, MOST_RIGHTS),
    ),
  ];
}

const rightOf = (
  kind: ClusterRight['kind'],
  { metadata: { name } }: KubeObject,
  grants: string,
  accounts: string[],
  all: number,
): ClusterRight[] => {
  const leftOut = all - accounts.length;
  return accounts.length > 0 ? [{ kind, name, grants, accounts, ...(leftOut > 0 && { leftOut }), travels: true }] : [];
};

const labelOf = ({ metadata: { name } }: KubeObject, grants: string, travels: boolean): ClusterRight => ({
  kind: 'Namespace',
  name,
  grants,
  travels,
});

const describe = ({ name, namespace }: Subject): string => (namespace ? `${namespace}/${name}` : name);
