import { isObject } from '../patch/merge-patch.js';
import { keyElement, type PathElement, type Scalar, valueElement } from './path-element.js';

/** What ownership has to know of the shape of a value: what is one thing, and what is made of parts with owners of their own. */
export type FieldType = { form: 'leaf' } | { form: 'any' } | MapType | ListType;

export interface MapType {
  form: 'map';
  fields: ReadonlyMap<string, FieldType>;
  /** Of keys that are not declared; undefined where there may be none. */
  rest?: FieldType;
}

/** A list whose entries have identities. Other lists are leaves: they have one owner and are replaced as a whole. */
export interface ListType {
  form: 'list';
  item: FieldType;
  /** Fields that together name an entry, and what counts where one is left out; undefined where entries are plain values. */
  keys?: ReadonlyMap<string, Scalar | undefined>;
}

export const LEAF: FieldType = { form: 'leaf' };

/** Values without a schema: objects are made of their fields, everything else is a leaf. */
export const ANY: FieldType = { form: 'any' };

const ANY_MAP: MapType = { form: 'map', fields: new Map(), rest: ANY };

/** A list entry that is named twice has no identity, and one whose keys are missing neither. */
export class ListError extends Error {
  override readonly name = 'ListError';
}

type Json = Record<string, unknown>;
type Shape =
  | { form: 'leaf' }
  | { form: 'map'; type: MapType; value: Json }
  | { form: 'list'; type: ListType; value: unknown[] };

/** The form a value is treated in. One that has not the form of its type is a leaf: the admission refuses it. */
export function shapeOf(type: FieldType, value: unknown): Shape {
  const known = type.form === 'any' && isObject(value) ? ANY_MAP : type;
  if (known.form === 'map' && isObject(value)) return { form: 'map', type: known, value };
  if (known.form === 'list' && Array.isArray(value)) return { form: 'list', type: known, value };
  return { form: 'leaf' };
}

/** Undefined for a key that the type does not know: the admission warns of it or refuses it. */
export const typeOfKey = ({ fields, rest }: MapType, key: string): FieldType | undefined => fields.get(key) ?? rest;

/** @throws ListError for an entry that has no identity */
export function elementOf({ keys }: ListType, item: unknown): PathElement {
  if (!keys) {
    if (typeof item === 'object' || item === undefined)
      throw new ListError('an entry of this list must be a plain value');
    return valueElement(item as Scalar);
  }
  if (!isObject(item)) throw new ListError('an entry of this list must be an object');
  const named = [...keys].map(([key, otherwise]) => [key, item[key] ?? otherwise] as const);
  const given = named.filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new ListError(`an entry of this list must have ${[...keys.keys()].join(' and ')}`);
  return keyElement(Object.fromEntries(given));
}
