import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { readRevisions } from './change-reader.js';
import { type ListPage, type ListQuery, StoreError } from './migration-store.js';
import type { SealedFields } from './sealed-fields.js';
import { type ResourceRows, selectRows } from './selection.js';
import { toObject } from './stored-object.js';

/** Where a page ended, and the revision of the first one. */
const continuation = z.object({ revision: z.string().regex(/^\d{1,18}$/), namespace: z.string(), name: z.string() });
type Continuation = z.infer<typeof continuation>;

/**
 * Reads one page, in a transaction that sees one snapshot. Every page carries the first one's revision, so a watch from there
 * misses nothing that happened between the pages; a token older than the log answers Gone.
 */
export async function listResources(manager: EntityManager, query: ListQuery, sealed: SealedFields): Promise<ListPage> {
  const selected = selectRows(manager, query);
  const { current, compactedTo } = await readRevisions(manager);
  const token = query.continueToken ? parseToken(query.continueToken) : undefined;
  if (token && BigInt(token.revision) < BigInt(compactedTo)) {
    throw new StoreError('Gone', 'The continue token is too old: list again from the start');
  }
  if (token && BigInt(token.revision) > BigInt(current)) {
    throw new StoreError('Gone', 'The continue token is not from this database: list again from the start');
  }
  const limit = query.limit || Number.POSITIVE_INFINITY;
  // One more than asked for tells whether there is a next page.
  const found = await after(selected, token)
    .limit(query.limit ? query.limit + 1 : undefined)
    .getMany();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const revision = token?.revision ?? current;
  const items = page.map((row) => toObject(sealed.open(row.object), row.revision));
  if (found.length <= limit || !last) {
    return { items, resourceVersion: revision };
  }
  const counts = !query.uncounted && !query.labelSelector && !query.fieldSelector;
  return {
    items,
    resourceVersion: revision,
    continueToken: formatToken({ revision, namespace: last.namespace, name: last.name }),
    remaining: counts ? await countOf(after(selectRows(manager, query), last)) : undefined,
  };
}

/** Those behind a place in the order of lists. */
const after = (rows: ResourceRows, place: Pick<Continuation, 'namespace' | 'name'> | undefined): ResourceRows =>
  place
    ? rows.andWhere('(r.namespace, r.name) > (:afterNamespace, :afterName)', {
        afterNamespace: place.namespace,
        afterName: place.name,
      })
    : rows;

async function countOf(rows: ResourceRows): Promise<number> {
  const counted = await rows.orderBy().select('count(*)', 'count').getRawOne<{ count: string }>();
  return Number(counted?.count);
}

const formatToken = (token: Continuation): string => Buffer.from(JSON.stringify(token)).toString('base64url');

function parseToken(text: string): Continuation {
  try {
    return continuation.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new StoreError('Invalid', 'The continue token is not one of ours', { cause });
  }
}
