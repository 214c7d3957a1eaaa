import type { z } from 'zod';
import { closest } from '../../resources/meta/closest.js';
import type { FieldError } from '../../resources/meta/kind-definition.js';
import { MOST_NAMED } from '../http/bounds.js';
import { isObject } from '../patch/merge-patch.js';
import { fieldErrors, fieldPath, knownFields } from './field-errors.js';

export interface UnknownField {
  field: string;
  /** `unknown field "spec.stge"; did you mean "stage"?` */
  message: string;
}

export type ReadResult = { unknown: UnknownField[] } & (
  | { value: Record<string, unknown>; errors?: undefined }
  | { value?: undefined; errors: FieldError[] }
);

/**
 * Reads an object by its schema: defaults filled in, nulls and unknown fields removed (the latter reported), or every mistake
 * named.
 *
 * @param quoteValues false keeps what was sent out of the messages, for kinds that hold secrets
 */
export function readObject(schema: z.ZodObject, sent: unknown, { quoteValues }: { quoteValues: boolean }): ReadResult {
  const object = withoutNulls(sent);
  const unknown: UnknownField[] = [];
  let parsed = schema.safeParse(object);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      if (issue.code !== 'unrecognized_keys') continue;
      const named = issue.keys.slice(0, MOST_NAMED - unknown.length);
      unknown.push(...named.map((key) => describeUnknown(schema, issue.path, key)));
      const parent = valueAt(object, issue.path);
      if (isObject(parent)) for (const key of issue.keys) delete parent[key];
    }
    parsed = schema.safeParse(object);
  }
  return parsed.success
    ? { unknown, value: parsed.data }
    : { unknown, errors: fieldErrors(parsed.error.issues, (path) => valueAt(object, path), quoteValues) };
}

/** Characters of a name that are repeated to who sent it. */
const SHOWN = 200;

function describeUnknown(schema: z.ZodObject, path: readonly PropertyKey[], key: string): UnknownField {
  const field = fieldPath([...path, key]).slice(0, SHOWN);
  const meant = closest(key, knownFields(schema, path));
  return { field, message: `unknown field "${field}"${meant ? `; did you mean "${meant}"?` : ''}` };
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** A copy. An explicit null means "not set", as for Kubernetes' own types. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, withoutNulls(child)]),
  );
}
