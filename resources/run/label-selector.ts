import type { RunRecord } from './run-record.js';

interface LabelExpression {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

/** A structured label selector as the query parameter of a list; undefined when it selects everything. */
export function formatLabelSelector(selector: RunRecord['labelSelector']): string | undefined {
  const equalities = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = ((selector?.matchExpressions ?? []) as LabelExpression[]).map(formatExpression);
  return [...equalities, ...expressions].join(',') || undefined;
}

function formatExpression({ key, operator, values = [] }: LabelExpression): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
