import { compare } from './compare.js';
import { FieldSet } from './field-set.js';
import type { FieldType } from './field-type.js';
import { keyOf, type Manager, type Owned, type Owners } from './managed-fields.js';
import { fieldElement } from './path-element.js';

/** One write of one manager, through one endpoint. */
export interface Writing {
  type: FieldType;
  who: Manager;
  /** What the endpoint leaves as it is, with all below it. */
  ignored: FieldSet;
  /** RFC 3339. */
  now: string;
}

/** Fields without an owner: who the object is, and what the server counts. */
const UNOWNED = FieldSet.of(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [fieldElement('metadata')],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => [fieldElement('metadata'), fieldElement(name)]),
);

export const ownable = (fields: FieldSet, { ignored }: Writing): FieldSet =>
  fields.without(ignored).difference(UNOWNED);

/** The owners after a write that made one state of the object from another: what it changed is the writer's, and no longer any other's. */
export function ownersAfterUpdate(writing: Writing, owners: Owners, before: unknown, after: unknown): Owners {
  const { added, modified, removed } = compare(writing.type, before, after);
  const taken = ownable(added.union(modified), writing);
  const gone = added.union(modified).union(removed).without(writing.ignored);
  const rest = withoutFields(owners, gone);
  if (taken.isEmpty()) return rest;
  const key = keyOf(writing.who);
  const fields = taken.union(rest.get(key)?.fields ?? new FieldSet());
  return new Map(rest).set(key, { who: writing.who, time: writing.now, fields });
}

/** The owners without fields that they no longer own; who owns nothing is left out. */
export function withoutFields(owners: Owners, fields: FieldSet, except?: string): Owners {
  const kept = [...owners].map(([key, owned]): [string, Owned] =>
    key === except ? [key, owned] : [key, { ...owned, fields: owned.fields.difference(fields) }],
  );
  return new Map(kept.filter(([, owned]) => !owned.fields.isEmpty()));
}
