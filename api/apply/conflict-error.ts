import { ApiError } from '../http/api-error.js';
import type { Conflict } from './apply-config.js';
import { groupBy } from './group-by.js';
import type { Manager } from './managed-fields.js';
import { pathText } from './path-element.js';

/** More of them are not listed, so that the answer stays small. */
const MAX_LISTED = 100;

/** `"kubectl" with subresource "status" using v1` */
function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
  return `${JSON.stringify(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** 409 in Kubernetes' words: clients read the causes, kubectl shows the message with its own advice. */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const listed = conflicts
    .slice(0, MAX_LISTED)
    .map(({ who, path }) => ({ manager: managerText(who), field: pathText(path) }));
  const [only] = listed;
  const text =
    only && conflicts.length === 1
      ? `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.field}`
      : `Apply failed with ${conflicts.length} conflicts: ${byManager(listed)}`;
  const causes = listed.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  return new ApiError(409, 'Conflict', text, { causes });
}

function byManager(listed: readonly { manager: string; field: string }[]): string {
  const groups = [...groupBy(listed, ({ manager }) => manager)].sort(([one], [other]) => (one < other ? -1 : 1));
  return groups
    .flatMap(([manager, fields]) => [`conflicts with ${manager}:`, ...fields.map(({ field }) => `- ${field}`)])
    .join('\n');
}
