import type { ConditionFinding } from '../meta/conditions.js';
import { critical, warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ALWAYS_PROTECTED } from '../run/protected-namespaces.js';

/** Names of namespaces on both sides, as a plan or a DirectVolumeMigration has them. */
interface NamespacesOfSides {
  source: readonly string[];
  target: readonly string[];
}

/** A cluster's own namespace for what is given none; people deploy into it, so it may be migrated. */
const DEFAULT_NAMESPACE = 'default';

const ADVICE =
  'They run the cluster or the migration itself: halting what is in them, or writing over it, would take away what the migration needs to end. Take them out.';

/** Whether one of the globs, in which `*` stands for any characters, matches the name. */
export const isProtected = (name: string, globs: readonly string[]): boolean =>
  [...ALWAYS_PROTECTED, ...globs].some((glob) => matchesGlob(name, glob));

/** Piece by piece from the left, without backtracking: globs come from outside. */
function matchesGlob(name: string, glob: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let position = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return name.length - last.length >= position && name.endsWith(last);
}

/** Namespaces that nothing may be taken from or brought into, by their names alone. */
export function protectedNamespaceFindings(sides: NamespacesOfSides, globs: readonly string[]): ConditionFinding[] {
  const items = describe(sides, (name) => isProtected(name, globs));
  if (items.length === 0) return [];
  return [critical('NamespaceProtected', 'Name', `Namespaces are protected: []. ${ADVICE}`, items)];
}

/** What is allowed, and worth a thought: the cluster keeps objects of its own beside the application. */
export function defaultNamespaceFindings(sides: NamespacesOfSides, globs: readonly string[]): ConditionFinding[] {
  const items = describe(sides, (name) => name === DEFAULT_NAMESPACE && !isProtected(name, globs));
  if (items.length === 0) return [];
  const message =
    'Namespaces hold objects of the cluster itself beside those of applications: []. Check that all else in them is to be migrated, or give the application a namespace of its own.';
  return [warn('DefaultNamespace', 'Shared', message, items)];
}

/** Namespaces whose pods keep nodes or the migration working, whatever the namespaces are called. */
export function vitalPodFindings(pods: Record<keyof NamespacesOfSides, readonly KubeObject[]>): ConditionFinding[] {
  const namespacesOf = (side: keyof NamespacesOfSides) =>
    pods[side].filter((pod) => isVital(pod)).map(({ metadata }) => metadata.namespace ?? '');
  const items = describe({ source: namespacesOf('source'), target: namespacesOf('target') }, () => true);
  if (items.length === 0) return [];
  const message = `Pods of DaemonSets with priority class system-node-critical (network, storage), or of Velero, run in namespaces: []. ${ADVICE}`;
  return [critical('NamespaceProtected', 'VitalPods', message, items)];
}

const isVital = ({ metadata, spec }: KubeObject): boolean =>
  isVelero(metadata.labels) ||
  (spec?.priorityClassName === 'system-node-critical' &&
    (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'DaemonSet'));

/** Labels of its own manifests and of the OADP operator. */
const isVelero = (labels: Record<string, string> = {}): boolean =>
  labels.deploy === 'velero' || labels['app.kubernetes.io/name'] === 'velero' || labels.name === 'node-agent';

const describe = ({ source, target }: NamespacesOfSides, applies: (name: string) => boolean): string[] => {
  const item = (side: string) => (name: string) => `${name} of the ${side}`;
  const names = (list: readonly string[]) => [...new Set(list)].filter(applies);
  return [...names(source).map(item('source')), ...names(target).map(item('target'))];
};
