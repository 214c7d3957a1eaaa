import { isDeepStrictEqual } from 'node:util';
import { FieldSet } from './field-set.js';
import { elementOf, type FieldType, type ListType, type MapType, shapeOf, typeOfKey } from './field-type.js';
import { groupBy } from './group-by.js';
import { fieldElement, type PathElement } from './path-element.js';

/** How two states of an object differ. No field is in more than one of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Undefined stands for a value that is not there. */
export function compare(type: FieldType, before: unknown, after: unknown): Comparison {
  const whole = nothingFound();
  compareValues(type, before, after, '', whole);
  const found = nothingFound();
  for (const kind of KINDS) found[kind] = whole[kind].below('');
  return found;
}

const KINDS = ['added', 'modified', 'removed'] as const;

const nothingFound = (): Comparison => ({ added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() });

/** Puts the field, which stands under `element` in its parent, and what is below it where they differ. */
function compareValues(
  type: FieldType,
  before: unknown,
  after: unknown,
  element: PathElement,
  found: Comparison,
): void {
  if (before === after) return;
  if (typeof before === 'object' && typeof after === 'object' && isDeepStrictEqual(before, after)) return;
  if (isNothing(before) || isNothing(after) || shapeOf(type, before).form === shapeOf(type, after).form) {
    const isMade = compareParts(type, before, after, element, found);
    if (before === undefined) found.added.members.add(element);
    else if (after === undefined) found.removed.members.add(element);
    else if (!isMade) found.modified.members.add(element);
  } else {
    // A value without a schema that took another form: what was in it is gone, what is in it is new, and it is another itself.
    compareParts(type, before, null, element, found);
    compareParts(type, null, after, element, found);
    found.modified.members.add(element);
  }
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;
const isEmpty = (value: unknown): boolean => isNothing(value) || Object.keys(value as object).length === 0;

/** False where the two values are compared as a whole. */
function compareParts(
  type: FieldType,
  before: unknown,
  after: unknown,
  element: PathElement,
  found: Comparison,
): boolean {
  const shape = shapeOf(type, isNothing(before) ? after : before);
  if (shape.form === 'leaf' || (isEmpty(before) && isEmpty(after))) return false;
  const below = nothingFound();
  if (shape.form === 'list') compareLists(shape.type, (before ?? []) as unknown[], (after ?? []) as unknown[], below);
  else compareMaps(shape.type, (before ?? {}) as Json, (after ?? {}) as Json, below);
  for (const kind of KINDS) found[kind].attach(element, below[kind]);
  return true;
}

type Json = Record<string, unknown>;
const own = (object: Json, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

function compareMaps(type: MapType, before: Json, after: Json, found: Comparison): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const child = typeOfKey(type, key);
    if (child) compareValues(child, own(before, key), own(after, key), fieldElement(key), found);
  }
}

/** Entries by what names them; those of one name are one thing, whose form changes when it begins or ceases to be one. */
function compareLists(type: ListType, before: readonly unknown[], after: readonly unknown[], found: Comparison): void {
  const left = groupBy(before, (item) => elementOf(type, item));
  const right = groupBy(after, (item) => elementOf(type, item));
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    compareEntries(type.item, left.get(element) ?? [], right.get(element) ?? [], element, found);
  }
}

function compareEntries(
  item: FieldType,
  before: readonly unknown[],
  after: readonly unknown[],
  element: PathElement,
  found: Comparison,
): void {
  if (before.length > 1 && after.length > 1) {
    if (!isDeepStrictEqual(before, after)) found.modified.members.add(element);
  } else if (before.length > 1) {
    if (after.length > 0) compareValues(item, undefined, after[0], element, found);
    found.removed.members.add(element);
  } else if (after.length > 1) {
    if (before.length > 0) compareValues(item, before[0], undefined, element, found);
    found.added.members.add(element);
  } else {
    compareValues(item, before[0], after[0], element, found);
  }
}
