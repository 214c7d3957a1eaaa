import { FieldSet } from './field-set.js';
import { compareElements, readElement } from './path-element.js';

export type FieldsV1 = { [element: string]: FieldsV1 };

/** Deeper than any object that is served; a bound for what clients send. */
const MAX_DEPTH = 64;

/** A set as `fieldsV1` of an entry of managedFields: `.` stands for the field itself where it is in the set beside what is below it. */
export function encodeFields(set: FieldSet): FieldsV1 {
  const elements = [...new Set([...set.members, ...set.children.keys()])].sort(compareElements);
  return Object.fromEntries(
    elements.map((element) => {
      const child = set.children.get(element);
      const below = child ? encodeFields(child) : {};
      const both = set.members.has(element) && Object.keys(below).length > 0;
      return [element, both ? { '.': {}, ...below } : below];
    }),
  );
}

/** @throws Error for what is not `fieldsV1` */
export function decodeFields(value: unknown, depth = 0): FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('fieldsV1 is made of objects');
  if (depth > MAX_DEPTH) throw new Error(`fieldsV1 is deeper than ${MAX_DEPTH} levels`);
  const set = new FieldSet();
  for (const [text, below] of Object.entries(value)) {
    const element = text === '.' ? undefined : readElement(text);
    if (element === undefined) continue;
    const child = decodeFields(below, depth + 1);
    if (Object.hasOwn(below as object, '.') || child.isEmpty()) set.members.add(element);
    set.attach(element, child);
  }
  return set;
}
