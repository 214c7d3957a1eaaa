import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import {
  type FieldRequirement,
  type LabelRequirement,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../resources/meta/selectors.js';
import { type ListQuery, type Search, StoreError } from './migration-store.js';
import { ResourceEntity } from './schema/resource-entity.js';
import { type SearchKeys, selectableFieldsOf } from './search-keys.js';

export type ResourceRows = SelectQueryBuilder<ResourceEntity>;

/** A part of a statement's condition; `keys` in it stands for the column, `:value` for the parameter. */
interface Condition {
  sql: string;
  value: unknown;
}

/**
 * The rows that a list selects, in the order of lists.
 *
 * @throws StoreError Invalid for a selector that does not follow the grammar
 */
export function selectRows(
  manager: EntityManager,
  { kind, namespace, labelSelector = '', fieldSelector = '' }: ListQuery,
): ResourceRows {
  const rows = manager.createQueryBuilder(ResourceEntity, 'r').where('r.kind = :kind', { kind });
  if (namespace !== undefined) rows.andWhere('r.namespace = :namespace', { namespace });
  for (const [index, { sql, value }] of conditionsOf(kind, labelSelector, fieldSelector).entries()) {
    rows.andWhere(sql.replaceAll(':value', `:value${index}`), { [`value${index}`]: value });
  }
  return rows.orderBy('r.namespace').addOrderBy('r.name');
}

/** The rows that a search finds, whatever their kind. */
export function searchRows(manager: EntityManager, search: Search): ResourceRows {
  const { kinds, owner, finalizer, namespaces, deleting, due } = search;
  const keys: SearchKeys = {
    ...(owner !== undefined && { owners: [owner] }),
    ...(finalizer !== undefined && { finalizers: [finalizer] }),
    ...(deleting && { deleting }),
    ...(due && { due }),
  };
  const { sql, value } = holds(...(namespaces?.map((namespace) => ({ ...keys, namespaces: [namespace] })) ?? [keys]));
  const rows = manager.createQueryBuilder(ResourceEntity, 'r').where(sql.replace(':value', ':keys'), { keys: value });
  return kinds ? rows.andWhere('r.kind = ANY (:kinds)', { kinds }) : rows;
}

/** The rows whose owners are all gone, in the order of their uids after one. */
export const ownerlessRows = (manager: EntityManager, afterUid: string): ResourceRows =>
  manager
    .createQueryBuilder(ResourceEntity, 'r')
    .where("r.keys ? 'owners' AND r.uid > :afterUid", { afterUid })
    .andWhere(
      `NOT EXISTS (SELECT FROM jsonb_array_elements_text(r.keys -> 'owners') named (uid)
         WHERE EXISTS (SELECT FROM resources owner WHERE owner.uid = named.uid) OFFSET 0)`,
    )
    .orderBy('r.uid');

function conditionsOf(kind: string, labelSelector: string, fieldSelector: string): Condition[] {
  try {
    return [
      ...parseLabelSelector(labelSelector).map(labelCondition),
      ...parseFieldSelector(fieldSelector).map((requirement) => fieldCondition(kind, requirement)),
    ];
  } catch (error) {
    throw error instanceof SelectorError ? new StoreError('Invalid', error.message, { cause: error }) : error;
  }
}

function labelCondition(requirement: LabelRequirement): Condition {
  switch (requirement.operator) {
    case 'Exists':
      return holds({ labelNames: [requirement.key] });
    case 'DoesNotExist':
      return not(holds({ labelNames: [requirement.key] }));
    case 'In':
      return holds(...requirement.values.map((value) => ({ labels: { [requirement.key]: value } })));
    case 'NotIn':
      return not(holds(...requirement.values.map((value) => ({ labels: { [requirement.key]: value } }))));
    case 'Gt':
      return comparison(requirement.key, '>', requirement.value);
    case 'Lt':
      return comparison(requirement.key, '<', requirement.value);
  }
}

/** A label that is a whole number, as `matchesLabels` reads one, beside another. */
function comparison(key: string, sign: '>' | '<', bound: bigint): Condition {
  const label = "(r.keys #>> ARRAY['labels', :value])";
  return {
    sql: `CASE WHEN ${label} ~ '^-?[0-9]{1,18}$' THEN ${label}::bigint ${sign} ${bound} ELSE false END`,
    value: key,
  };
}

function fieldCondition(kind: string, { path, equal, value }: FieldRequirement): Condition {
  const is = equal ? '=' : '<>';
  if (path === 'metadata.name') return { sql: `r.name ${is} :value`, value };
  if (path === 'metadata.namespace') return { sql: `r.namespace ${is} :value`, value };
  if (selectableFieldsOf(kind).includes(path)) {
    const hasValue = { sql: "coalesce(r.keys -> 'fields' ? :value, false)", value: path };
    if (value === '') return equal ? not(hasValue) : hasValue;
    const selected = holds({ fields: { [path]: value } });
    return equal ? selected : not(selected);
  }
  // Nothing that the API lets users ask for.
  const found = `coalesce(r.object #>> '{${path.split('.').map(quoted).join(',')}}', '')`;
  return { sql: `${found} ${is} :value`, value };
}

/** As an element of an array in text form. The grammar of paths has no quotes. */
const quoted = (field: string): string => `"${field}"`;

/** Rows whose search keys hold all of one of these. */
function holds(...alternatives: SearchKeys[]): Condition {
  const [value, ...others] = alternatives.map((keys) => JSON.stringify(keys));
  return others.length === 0
    ? { sql: 'r.keys @> :value::jsonb', value }
    : { sql: 'r.keys @> ANY (:value::jsonb[])', value: [value, ...others] };
}

const not = ({ sql, value }: Condition): Condition => ({ sql: `NOT (${sql})`, value });
