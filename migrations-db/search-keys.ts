import { findKind } from '../resources/kinds/index.js';
import { REGISTERED, type Reference } from '../resources/kinds/registrations.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { fieldText } from '../resources/meta/selectors.js';

/**
 * What an object can be found by beside its name. Stored with every write of it in a column of its own that has one GIN index, so that a
 * selector reads the objects it selects and no others. What is empty is left out.
 */
export interface SearchKeys {
  labels?: Record<string, string>;
  /** Names of the labels: the index holds values with their paths, not the paths alone. */
  labelNames?: string[];
  /** The kind's selectable fields by path, as far as they have a value. */
  fields?: Record<string, string>;
  /** uids of the owner references. */
  owners?: string[];
  finalizers?: string[];
  /** Of clusters, by the kind's definition. */
  namespaces?: string[];
  deleting?: true;
  /** By its kind's definition. */
  due?: true;
  /** What the spec names, by {@link referenceKey}. */
  references?: string[];
}

export const referenceKey = ({ kind, namespace, name }: Reference): string => `${kind}/${namespace}/${name}`;

export const selectableFieldsOf = (kind: string): readonly string[] => findKind(kind)?.selectableFields ?? [];

export function searchKeysOf(object: KubeObject): SearchKeys {
  const { labels = {}, ownerReferences = [], finalizers = [] } = object.metadata;
  const fields = selectableFieldsOf(object.kind)
    .map((path) => [path, fieldText(object, path)] as const)
    .filter(([, text]) => text !== '');
  const keys = {
    labels,
    labelNames: Object.keys(labels),
    fields: Object.fromEntries(fields),
    owners: ownerReferences.map(({ uid }) => uid),
    finalizers,
    references: REGISTERED.referencesOf(object).map(referenceKey),
    namespaces: findKind(object.kind)?.namespacesOf?.(object) ?? [],
  };
  return {
    ...Object.fromEntries(Object.entries(keys).filter(([, value]) => Object.keys(value).length > 0)),
    ...(object.metadata.deletionTimestamp && { deleting: true }),
    ...(findKind(object.kind)?.isDue?.(object) && { due: true }),
  };
}
