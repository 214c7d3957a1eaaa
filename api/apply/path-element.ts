/**
 * One step of a path to a field, in the form it has as a key of `fieldsV1`: `f:name` a field, `k:{"type":"Ready"}` the entry of a list
 * with these keys, `v:"text"` the entry of a list with this value, `i:0` the entry at this place. Equal steps are equal texts.
 */
export type PathElement = string;

export type Scalar = string | number | boolean;

export const fieldElement = (name: string): PathElement => `f:${name}`;

export const keyElement = (keys: Readonly<Record<string, unknown>>): PathElement =>
  `k:{${Object.keys(keys)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(keys[key])}`)
    .join(',')}}`;

export const valueElement = (value: Scalar): PathElement => `v:${JSON.stringify(value)}`;

/** The field's name; undefined for the entry of a list. */
export const fieldName = (element: PathElement): string | undefined =>
  element.startsWith('f:') ? element.slice(2) : undefined;

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

/**
 * A key of `fieldsV1` in the one form that is compared. Undefined for kinds of steps that only a later version knows.
 *
 * @throws Error for what no version writes
 */
export function readElement(text: string): PathElement | undefined {
  if (text[1] !== ':') throw new Error(`${JSON.stringify(text.slice(0, 80))} does not begin with f:, k:, v: or i:`);
  switch (text[0]) {
    case 'f':
      return text;
    case 'k':
      return keyElement(readKeys(text.slice(2)));
    case 'v':
      return valueElement(readValue(text.slice(2)));
    case 'i':
      if (!/^\d{1,9}$/.test(text.slice(2))) throw new Error(`${JSON.stringify(text.slice(0, 80))} is not an index`);
      return `i:${Number(text.slice(2))}`;
    default:
      return undefined;
  }
}

function readKeys(text: string): Record<string, unknown> {
  const keys: unknown = JSON.parse(text);
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys))
    throw new Error('keys of a list entry are an object');
  return keys as Record<string, unknown>;
}

function readValue(text: string): Scalar {
  const value: unknown = JSON.parse(text);
  if (!isScalar(value)) throw new Error('the value of a list entry is a text, a number or a boolean');
  return value;
}

/** `.spec.conditions[type="Ready"].status`, as Kubernetes writes paths in messages. */
export const pathText = (path: readonly PathElement[]): string => path.map(elementText).join('');

function elementText(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k':
      return `[${Object.entries(readKeys(rest))
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
}

/** The fields that name an entry of a list. */
export const keysOf = (element: PathElement): string[] =>
  element.startsWith('k:') ? Object.keys(readKeys(element.slice(2))) : [];

const KINDS = ['f', 'k', 'v', 'i'];

/** Fields first, then entries by their keys, by their value, by their place. */
export const compareElements = (one: PathElement, other: PathElement): number =>
  one[0] === other[0] ? (one < other ? -1 : 1) : KINDS.indexOf(one[0] ?? '') - KINDS.indexOf(other[0] ?? '');
