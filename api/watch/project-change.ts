import type { LoggedChange } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../../resources/meta/selectors.js';

export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
}

type Matcher = (object: KubeObject | undefined) => boolean;

export function matcher(selectors: { labelSelector?: string; fieldSelector?: string }): Matcher {
  const labels = parseLabelSelector(selectors.labelSelector ?? '');
  const fields = parseFieldSelector(selectors.fieldSelector ?? '');
  return (object) =>
    object !== undefined && matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object);
}

/**
 * What a change means to a watcher with selectors: an object that begins to match is ADDED, one that ceases to is DELETED (in the
 * state the watcher last knew, at the revision of the change).
 */
export function projectChange(change: LoggedChange, matches: Matcher): ObjectEvent | undefined {
  const before = change.type !== 'ADDED' && matches(change.previous);
  const after = change.type !== 'DELETED' && matches(change.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: atRevision(change.object, change.revision) };
  const last = change.previous ?? change.object;
  return before ? { type: 'DELETED', object: atRevision(last, change.revision) } : undefined;
}

/** What the log holds is given on as it is: all watches share it. */
const atRevision = (object: KubeObject, resourceVersion: string): KubeObject =>
  object.metadata.resourceVersion === resourceVersion
    ? object
    : { ...object, metadata: { ...object.metadata, resourceVersion } };
