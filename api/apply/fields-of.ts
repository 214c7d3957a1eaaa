import { FieldSet } from './field-set.js';
import { elementOf, type FieldType, type ListType, shapeOf, typeOfKey } from './field-type.js';
import { groupBy } from './group-by.js';
import { fieldElement, fieldName, keysOf } from './path-element.js';

/** Every field that an object mentions: leaves, entries of lists, keys that are not declared one by one, and objects that are empty. */
export function fieldsOf(type: FieldType, value: unknown): FieldSet {
  const shape = shapeOf(type, value);
  if (shape.form === 'list') return entriesOf(shape.type, shape.value);
  const set = new FieldSet();
  if (shape.form === 'leaf') return set;
  for (const [key, child] of Object.entries(shape.value)) {
    const childType = typeOfKey(shape.type, key);
    if (!childType) continue;
    const element = fieldElement(key);
    const isLeaf = shapeOf(childType, child).form === 'leaf';
    if (isLeaf || !shape.type.fields.has(key) || isEmptyObject(child)) set.members.add(element);
    if (!isLeaf) set.attach(element, fieldsOf(childType, child));
  }
  return set;
}

/** Entries of one name are one thing. */
function entriesOf(type: ListType, items: readonly unknown[]): FieldSet {
  const set = new FieldSet();
  for (const [element, [item, ...more]] of groupBy(items, (item) => elementOf(type, item))) {
    set.members.add(element);
    if (more.length === 0 && typeof item === 'object') set.attach(element, fieldsOf(type.item, item));
  }
  return set;
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** The set with every declared field that has something below it: such fields have no owner of their own, but go with what is in them. */
export function withDeclared(type: FieldType, set: FieldSet): FieldSet {
  const result = new FieldSet();
  for (const element of set.members) result.members.add(element);
  for (const [element, child] of set.children) {
    const name = fieldName(element);
    if (name !== undefined && type.form === 'map' && type.fields.has(name)) result.members.add(element);
    const childType = name === undefined ? (type.form === 'list' ? type.item : undefined) : fieldOf(type, name);
    result.children.set(element, childType ? withDeclared(childType, child) : child);
  }
  return result;
}

const fieldOf = (type: FieldType, name: string): FieldType | undefined =>
  type.form === 'map' ? typeOfKey(type, name) : undefined;

/** The set without the fields that name entries of lists: an entry without its name would be another one. */
export function withoutNames(set: FieldSet): FieldSet {
  const result = new FieldSet();
  for (const element of set.members) result.members.add(element);
  for (const [element, child] of set.children) {
    const names = FieldSet.of(...keysOf(element).map((key) => [fieldElement(key)]));
    result.children.set(element, withoutNames(child.difference(names)));
  }
  return result;
}
