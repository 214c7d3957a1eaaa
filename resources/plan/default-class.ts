import type { KubeObject } from '../meta/kube-object.js';

const ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const isDefaultClass = ({ metadata }: KubeObject): boolean =>
  ANNOTATIONS.some((key) => metadata.annotations?.[key] === 'true');

/** Storage classes that are marked as default. Of several, claims that name none get the newest, which stands first. */
export function defaultClasses(classes: readonly KubeObject[]): KubeObject[] {
  const createdAt = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';
  return classes
    .filter(isDefaultClass)
    .toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)) || a.metadata.name.localeCompare(b.metadata.name));
}
