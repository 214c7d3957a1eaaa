import type { KubeObject } from './kube-object.js';

/** A selector that does not follow the grammar; the API answers 400 with this message. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** One comma-separated part of a label selector; parts are joined by "and". */
export type LabelRequirement =
  | { key: string; operator: 'Exists' | 'DoesNotExist' }
  | { key: string; operator: 'In' | 'NotIn'; values: string[] }
  | { key: string; operator: 'Gt' | 'Lt'; value: bigint };

/** One comma-separated part of a field selector. `path` is dotted, e.g. `involvedObject.uid`. */
export interface FieldRequirement {
  path: string;
  equal: boolean;
  value: string;
}

const LABEL_KEY = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`;
const LABEL_VALUE = String.raw`(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)?`;
const EQUALITY = new RegExp(`^(${LABEL_KEY})\\s*(==|=|!=)\\s*(${LABEL_VALUE})$`);
const MEMBERSHIP = new RegExp(`^(${LABEL_KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const COMPARISON = new RegExp(`^(${LABEL_KEY})\\s*([<>])\\s*(-?\\d{1,18})$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${LABEL_KEY})$`);
const ONE_VALUE = new RegExp(`^${LABEL_VALUE}$`);

/**
 * Parses Kubernetes' label selectors: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, `a>1`, `a<1`, joined by commas.
 *
 * @throws SelectorError
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return splitRequirements(text, ',', { open: '(', close: ')' }).map(parseLabelRequirement);
}

function parseLabelRequirement(part: string): LabelRequirement {
  const equality = EQUALITY.exec(part);
  if (equality) {
    const [, key = '', sign, value = ''] = equality;
    return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const membership = MEMBERSHIP.exec(part);
  if (membership) {
    const [, key = '', operator, list = ''] = membership;
    const values = list.split(',').map((value) => value.trim());
    const wrong = values.find((value) => !ONE_VALUE.test(value));
    if (wrong !== undefined) {
      throw new SelectorError(`"${shown(wrong)}" in the label selector "${shown(part)}" is not a valid label value`);
    }
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
  }
  const comparison = COMPARISON.exec(part);
  if (comparison) {
    const [, key = '', sign, value = ''] = comparison;
    return { key, operator: sign === '>' ? 'Gt' : 'Lt', value: BigInt(value) };
  }
  const existence = EXISTENCE.exec(part);
  if (existence) {
    const [, not, key = ''] = existence;
    return { key, operator: not ? 'DoesNotExist' : 'Exists' };
  }
  throw new SelectorError(
    `unable to parse the label selector "${shown(part)}": use key=value, key!=value, key in (a,b), key notin (a,b), key>1, key<1, key or !key`,
  );
}

export const matchesLabels = (
  requirements: readonly LabelRequirement[],
  labels: Record<string, string> = {},
): boolean =>
  requirements.every((requirement) =>
    isMet(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined),
  );

/** Of a label that is compared with a number. */
const INTEGER = /^-?\d{1,18}$/;

/** `NotIn` is also true of objects without the label, as in Kubernetes. */
function isMet(requirement: LabelRequirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Gt':
      return INTEGER.test(value ?? '') && BigInt(value ?? 0) > requirement.value;
    case 'Lt':
      return INTEGER.test(value ?? '') && BigInt(value ?? 0) < requirement.value;
  }
}

/**
 * Parses field selectors: `path=value`, `path==value`, `path!=value`, joined by commas; `\` escapes a comma, an equals sign or
 * itself in a value.
 *
 * @throws SelectorError
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitRequirements(text, ',', { escaping: '\\' }).map((part) => {
    const match = /^([A-Za-z][\w.-]*)\s*(==|=|!=)(.*)$/s.exec(part);
    if (!match) {
      throw new SelectorError(`unable to parse the field selector "${shown(part)}": use path=value or path!=value`);
    }
    const [, path = '', sign, value = ''] = match;
    return { path, equal: sign !== '!=', value: value.trim().replaceAll(/\\([\\,=])/g, '$1') };
  });
}

/** A field that is not there counts as empty, as in Kubernetes. */
export function matchesFields(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
  return requirements.every(({ path, equal, value }) => (fieldText(object, path) === value) === equal);
}

/** What a field selector compares: the field at a dotted path as text, empty when it is not there. */
export function fieldText(object: KubeObject, path: string): string {
  const found = path.split('.').reduce<unknown>((node, field) => (node as Record<string, unknown>)?.[field], object);
  return String(found ?? '');
}

/** Of a text that may be as long as a URL can be. */
const shown = (part: string): string => (part.length > 100 ? `${part.slice(0, 100)}…` : part);

interface Quotes {
  open?: string;
  close?: string;
  escaping?: string;
}

/** Each part becomes a condition of a query of the database. */
const MOST_PARTS = 200;

/** The parts between separators, in one pass; a separator between brackets, or behind an escape, separates nothing. */
function splitRequirements(text: string, separator: string, { open, close, escaping }: Quotes): string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let start = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === escaping) at++;
    else if (char === open) inside = true;
    else if (char === close) inside = false;
    else if (char === separator && !inside) {
      parts.push(text.slice(start, at).trim());
      if (parts.length >= MOST_PARTS) throw new SelectorError(`a selector has at most ${MOST_PARTS} parts`);
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
