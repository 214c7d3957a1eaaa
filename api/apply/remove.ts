import { FieldSet } from './field-set.js';
import { elementOf, type FieldType, shapeOf, typeOfKey } from './field-type.js';
import { fieldElement } from './path-element.js';

/** The value without the fields of the set. What is left without any content is null, or empty where it is owned itself. */
export function remove(type: FieldType, value: unknown, set: FieldSet, owned = new FieldSet()): unknown {
  const shape = shapeOf(type, value);
  if (shape.form === 'leaf') return value;
  if (shape.form === 'list') {
    const kept = shape.value.flatMap((item) => {
      const element = elementOf(shape.type, item);
      return set.members.has(element) ? [] : [remove(shape.type.item, item, set.below(element), owned.below(element))];
    });
    return kept.length > 0 ? kept : null;
  }
  const kept = Object.entries(shape.value).flatMap(([key, child]): [string, unknown][] => {
    const element = fieldElement(key);
    if (set.members.has(element)) return [];
    const [below, childType] = [set.children.get(element), typeOfKey(shape.type, key)];
    if (!below || !childType) return [[key, child]];
    const left = remove(childType, child, below, owned.below(element));
    return [[key, left === null && owned.members.has(element) ? emptied(child) : left]];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

const emptied = (value: unknown): unknown => (Array.isArray(value) ? [] : {});

/** The value without fields that are null, as nothing is stored. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, withoutNulls(child)]),
  );
}
