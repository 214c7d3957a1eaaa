import type { Request } from 'express';
import type { ListQuery } from '../../migrations-db/migration-store.js';
import { parseFieldSelector, parseLabelSelector } from '../../resources/meta/selectors.js';
import { badRequest } from './api-error.js';
import { parameter, wholeNumber } from './query.js';
import type { ResourceTarget } from './resource-target.js';

export type Selection = Pick<ListQuery, 'kind' | 'namespace' | 'labelSelector' | 'fieldSelector'>;

/**
 * What a list or watch selects.
 *
 * @throws SelectorError, ApiError 400 for a field the kind cannot be selected by
 */
export function readSelection(request: Request, { definition, namespace }: ResourceTarget): Selection {
  const labelSelector = parameter(request, 'labelSelector');
  const fieldSelector = parameter(request, 'fieldSelector');
  parseLabelSelector(labelSelector ?? '');
  const selectable = ['metadata.name', 'metadata.namespace', ...definition.selectableFields];
  for (const { path } of parseFieldSelector(fieldSelector ?? '')) {
    if (!selectable.includes(path)) {
      throw badRequest(
        `field label not supported: ${path}; ${definition.plural} can be selected by ${selectable.join(', ')}`,
      );
    }
  }
  return { kind: definition.kind, namespace: namespace || undefined, labelSelector, fieldSelector };
}

export const readListQuery = (request: Request, target: ResourceTarget): ListQuery => ({
  ...readSelection(request, target),
  limit: wholeNumber(request, 'limit') || undefined,
  continueToken: parameter(request, 'continue'),
});
