import type { KubeObject } from './kube-object.js';

/** A selector that does not follow the grammar; the API answers 400 with this message. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** One comma-separated part of a label selector; parts are joined by "and". */
export type LabelRequirement =
  | { key: string; operator: 'Exists' | 'DoesNotExist' }
  | { key: string; operator: 'In' | 'NotIn'; values: string[] };

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
const EXISTENCE = new RegExp(`^(!?)\\s*(${LABEL_KEY})$`);
const ONE_VALUE = new RegExp(`^${LABEL_VALUE}$`);

/**
 * Parses Kubernetes' label selectors: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas.
 *
 * @throws SelectorError
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  // Commas inside parentheses separate values, not requirements.
  return splitRequirements(text, /,(?![^(]*\))/).map(parseLabelRequirement);
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
      throw new SelectorError(`"${wrong}" in the label selector "${part}" is not a valid label value`);
    }
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
  }
  const existence = EXISTENCE.exec(part);
  if (existence) {
    const [, not, key = ''] = existence;
    return { key, operator: not ? 'DoesNotExist' : 'Exists' };
  }
  throw new SelectorError(
    `unable to parse the label selector "${part}": use key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
  );
}

export const matchesLabels = (
  requirements: readonly LabelRequirement[],
  labels: Record<string, string> = {},
): boolean =>
  requirements.every((requirement) =>
    isMet(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined),
  );

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
  }
}

/**
 * Parses field selectors: `path=value`, `path==value`, `path!=value`, joined by commas; `\` escapes a comma, an equals sign or
 * itself in a value.
 *
 * @throws SelectorError
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitRequirements(text, /(?<!\\),/).map((part) => {
    const match = /^([A-Za-z][\w.-]*)\s*(==|=|!=)(.*)$/s.exec(part);
    if (!match) {
      throw new SelectorError(`unable to parse the field selector "${part}": use path=value or path!=value`);
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

const splitRequirements = (text: string, separator: RegExp): string[] =>
  text.trim() === '' ? [] : text.split(separator).map((part) => part.trim());
