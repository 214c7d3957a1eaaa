import { z } from 'zod';
import type { FieldError } from '../../resources/meta/kind-definition.js';
import { MOST_NAMED } from '../http/bounds.js';

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** `spec.persistentVolumes[0].selection.action` */
export const fieldPath = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

/** The fields the object at a path of the schema has; empty where anything goes. */
export function knownFields(schema: z.ZodType, path: Path): string[] {
  let node: unknown = unwrap(schema);
  for (const key of path) {
    if (node instanceof z.ZodObject) node = unwrap(node.shape[String(key)]);
    else if (node instanceof z.ZodArray) node = unwrap(node.element);
    else return [];
  }
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
}

/** What is inside optional, default and prefault. */
function unwrap(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

/** Every mistake in words that say what to write instead. */
export const fieldErrors = (
  issues: readonly Issue[],
  valueAt: (path: Path) => unknown,
  quoteValues: boolean,
): FieldError[] =>
  issues.slice(0, MOST_NAMED).map((issue) => {
    const value = valueAt(issue.path);
    const field = fieldPath(issue.path);
    if (value === undefined) return { field, reason: 'FieldValueRequired', message: 'Required value' };
    const given = quoteValues ? `${describeValue(value)}: ` : '';
    return issue.code === 'invalid_value'
      ? { field, reason: 'FieldValueNotSupported', message: `Unsupported value: ${given}${expectation(issue)}` }
      : { field, reason: 'FieldValueInvalid', message: `Invalid value: ${given}${expectation(issue)}` };
  });

const TYPE_NAMES: Record<string, string> = {
  boolean: 'true or false',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap((errors) => errors.map(expectation)))].join(', or ');
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} entries`;
      if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const SHOWN = 60;

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
