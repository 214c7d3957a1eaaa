import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { boundedEntries, MAX_OWNED_FIELDS } from './bound-owners.js';
import { hasMoreFields } from './field-count.js';
import { decodeOwners, type ManagedFieldsEntry, type Owners } from './managed-fields.js';
import { ownersAfterUpdate, type Writing } from './ownership.js';
import { ignoredBy, typeOfKind } from './type-of-kind.js';

/** Who writes an object, and through which of its endpoints. */
export interface FieldWriter {
  manager: string;
  subresource?: 'status';
}

export const writingOf = (
  definition: KindDefinition,
  { manager, subresource }: FieldWriter,
  operation: ManagedFieldsEntry['operation'],
): Writing => ({
  type: typeOfKind(definition),
  who: { manager: manager || 'unknown', operation, apiVersion: apiVersionOf(definition), subresource },
  ignored: ignoredBy(definition, subresource),
  now: wholeSeconds(new Date()),
});

export const entriesOf = ({ metadata }: KubeObject): ManagedFieldsEntry[] =>
  (metadata.managedFields as ManagedFieldsEntry[] | undefined) ?? [];

export const ownersOf = (definition: KindDefinition, entries: readonly ManagedFieldsEntry[]): Owners =>
  decodeOwners(entries, apiVersionOf(definition));

/** The object with these entries, and without the field where there are none. */
export function withEntries(object: KubeObject, entries: readonly ManagedFieldsEntry[]): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(entries.length > 0 && { managedFields: entries }) } };
}

/** What stays of the entries of an object with too many fields to tell apart. */
const appliedOf = (entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] =>
  entries.filter(({ operation }) => operation === 'Apply');

/** The kind's object before there is one. */
const nothing = ({ apiVersion, kind }: KubeObject): KubeObject => ({ apiVersion, kind, metadata: {} }) as KubeObject;

/** A new object with all of it owned by who creates it. */
export function trackCreate(
  definition: KindDefinition,
  object: KubeObject,
  writer: FieldWriter,
  sent: readonly ManagedFieldsEntry[] = [],
): KubeObject {
  const owners = ownersOf(definition, sent);
  const writing = writingOf(definition, writer, 'Update');
  if (hasMoreFields(writing.type, object, MAX_OWNED_FIELDS)) return withEntries(object, appliedOf(sent));
  return withEntries(object, boundedEntries(ownersAfterUpdate(writing, owners, nothing(object), object)).entries);
}

/**
 * The next state of an object, with what changes owned by who changes it. An object of which nothing is owned stays so: it was made by the
 * service itself, or a client let go of all.
 *
 * @param sent the entries the writer sent along; those that are stored when it said nothing of them
 */
export function trackUpdate(
  definition: KindDefinition,
  live: KubeObject,
  next: KubeObject,
  writer: FieldWriter,
  sent: readonly ManagedFieldsEntry[] = entriesOf(live),
): KubeObject {
  const owners = ownersOf(definition, sent);
  if (owners.size === 0) return withEntries(next, []);
  const writing = writingOf(definition, writer, 'Update');
  if (hasMoreFields(writing.type, next, MAX_OWNED_FIELDS)) return withEntries(next, appliedOf(sent));
  return withEntries(next, boundedEntries(ownersAfterUpdate(writing, owners, live, next)).entries);
}
