import type { KubeObject } from '../meta/kube-object.js';

/** Whom a ClusterRoleBinding gives its role. */
export interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

export const subjectsOf = ({ subjects }: KubeObject): Subject[] => subjects ?? [];

/** Whether a user or group, as RBAC and SecurityContextConstraints name them, is accounts of a namespace. */
const isAccountName = (name: string, namespace: string): boolean =>
  name === `system:serviceaccounts:${namespace}` || name.startsWith(`system:serviceaccount:${namespace}:`);

export const isSubjectOf = ({ kind, name, namespace: own }: Subject, namespaces: readonly string[]): boolean =>
  namespaces.some((namespace) => (kind === 'ServiceAccount' ? own === namespace : isAccountName(name, namespace)));

/**
 * What a cluster gave others by the same object stays with the cluster: users and groups of the source are other people on the target,
 * accounts of other namespaces are not the plan's to bring.
 *
 * @param namespaces of the source, that the plan migrates
 * @returns the binding as it is when it names none of theirs: then it does not travel either
 */
export function withoutForeignSubjects(binding: KubeObject, namespaces: readonly string[]): KubeObject {
  const all = subjectsOf(binding);
  const ours = all.filter((subject) => isSubjectOf(subject, namespaces));
  return ours.length === 0 || ours.length === all.length ? binding : { ...binding, subjects: ours };
}

/** The users and groups of SecurityContextConstraints that are accounts of the namespaces. */
export const accountsOf = (constraints: KubeObject, namespaces: readonly string[]): string[] =>
  ['users', 'groups'].flatMap((field) => ours(constraints[field], namespaces));

/**
 * SecurityContextConstraints for the accounts of the namespaces alone. Without a priority: it would put them before those of the target,
 * for whoever else may use them.
 */
export const constraintsOf = (constraints: KubeObject, namespaces: readonly string[]): KubeObject => ({
  ...constraints,
  users: ours(constraints.users, namespaces),
  groups: ours(constraints.groups, namespaces),
  priority: null,
});

const ours = (names: string[] | null | undefined, namespaces: readonly string[]): string[] =>
  (names ?? []).filter((name) => namespaces.some((namespace) => isAccountName(name, namespace)));

/** Where a namespace belongs on its own cluster. On another one the same id is another project, or none. */
const PLACES_OF_THE_CLUSTER: ReadonlySet<string> = new Set(['field.cattle.io/projectId']);

export const withoutPlaces = (entries: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter(([key]) => !PLACES_OF_THE_CLUSTER.has(key)));

/** Labels and annotations of a namespace that stay on the source, as `key=value`. */
export const placesOf = ({ metadata: { labels, annotations } }: KubeObject): string[] => [
  ...new Set(
    [labels, annotations]
      .flatMap((entries) => Object.entries(entries ?? {}))
      .filter(([key]) => PLACES_OF_THE_CLUSTER.has(key))
      .map(asText),
  ),
];

/** Labels of a namespace that let its pods do what others may not, as `key=value`: they travel with it. */
export const privilegesOf = ({ metadata }: KubeObject): string[] =>
  Object.entries(metadata.labels ?? {})
    .filter(isPrivilege)
    .map(asText);

const EXEMPTIONS = [
  /^admission\.gatekeeper\.sh\//,
  /(^|\.)kyverno\.io\//,
  /^openshift\.io\/run-level$/,
  /^security\.openshift\.io\/disable-securitycontextconstraints$/,
];

const isPrivilege = ([key, value]: [string, string]): boolean =>
  key === 'pod-security.kubernetes.io/enforce' ? value === 'privileged' : EXEMPTIONS.some((form) => form.test(key));

const asText = ([key, value]: [string, string]): string => `${key}=${value}`;
