import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../resources/meta/selectors.js';
import { readRevisions } from './change-reader.js';
import { type ListPage, type ListQuery, StoreError } from './migration-store.js';
import { ResourceEntity } from './schema/resource-entity.js';
import { toObject } from './stored-object.js';

/** Rows looked through at once when a selector may refuse most of them. */
const BATCH = 500;

/** Where a page ended, and the revision of the first one. */
const continuation = z.object({ revision: z.string().regex(/^\d{1,18}$/), namespace: z.string(), name: z.string() });
type Continuation = z.infer<typeof continuation>;

/**
 * Reads one page, in a transaction that sees one snapshot. Every page carries the first one's revision, so a watch from there
 * misses nothing that happened between the pages; a token older than the log answers Gone.
 */
export async function listResources(manager: EntityManager, query: ListQuery): Promise<ListPage> {
  const matches = matcherOf(query);
  const { current, compactedTo } = await readRevisions(manager);
  const token = query.continueToken ? parseToken(query.continueToken) : undefined;
  if (token && BigInt(token.revision) < BigInt(compactedTo)) {
    throw new StoreError('Gone', 'The continue token is too old: list again from the start');
  }
  if (token && BigInt(token.revision) > BigInt(current)) {
    throw new StoreError('Gone', 'The continue token is not from this database: list again from the start');
  }
  const limit = query.limit || Number.POSITIVE_INFINITY;
  const found: ResourceEntity[] = [];
  let after: Pick<Continuation, 'namespace' | 'name'> | undefined = token;
  let exhausted = false;
  // One more than asked for tells whether there is a next page.
  while (!exhausted && found.length <= limit) {
    const take = query.limit ? Math.max(BATCH, query.limit + 1) : undefined;
    const rows = await readRows(manager, query, after, take);
    found.push(...rows.filter(matches));
    exhausted = take === undefined || rows.length < take;
    after = rows.at(-1);
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const revision = token?.revision ?? current;
  const items = page.map((row) => toObject(row.object, row.revision));
  if (found.length <= limit || !last) {
    return { items, resourceVersion: revision };
  }
  return {
    items,
    resourceVersion: revision,
    continueToken: formatToken({ revision, namespace: last.namespace, name: last.name }),
    remaining:
      query.labelSelector || query.fieldSelector ? undefined : await rowsAfter(manager, query, last).getCount(),
  };
}

const readRows = (
  manager: EntityManager,
  query: ListQuery,
  after: Pick<Continuation, 'namespace' | 'name'> | undefined,
  take: number | undefined,
): Promise<ResourceEntity[]> =>
  rowsAfter(manager, query, after).orderBy('r.namespace').addOrderBy('r.name').limit(take).getMany();

function rowsAfter(
  manager: EntityManager,
  { kind, namespace }: ListQuery,
  after: Pick<Continuation, 'namespace' | 'name'> | undefined,
) {
  const rows = manager.createQueryBuilder(ResourceEntity, 'r').where('r.kind = :kind', { kind });
  if (namespace !== undefined) {
    rows.andWhere('r.namespace = :namespace', { namespace });
  }
  if (after) {
    rows.andWhere('(r.namespace, r.name) > (:afterNamespace, :afterName)', {
      afterNamespace: after.namespace,
      afterName: after.name,
    });
  }
  return rows;
}

function matcherOf({ labelSelector = '', fieldSelector = '' }: ListQuery): (row: ResourceEntity) => boolean {
  try {
    const labels = parseLabelSelector(labelSelector);
    const fields = parseFieldSelector(fieldSelector);
    return ({ object }) => matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object);
  } catch (error) {
    throw error instanceof SelectorError ? new StoreError('Invalid', error.message, { cause: error }) : error;
  }
}

const formatToken = (token: Continuation): string => Buffer.from(JSON.stringify(token)).toString('base64url');

function parseToken(text: string): Continuation {
  try {
    return continuation.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new StoreError('Invalid', 'The continue token is not one of ours', { cause });
  }
}
