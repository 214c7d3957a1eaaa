import type { ListPage, ListQuery, ResourceRepository } from '../../migrations-db/migration-store.js';

/** Read at first, when nothing is known of how large the objects are, and at most. */
const FIRST_PAGE = 50;
const LARGEST_PAGE = 500;
/** About so much of a list is in memory at a time. */
const PAGE_CHARACTERS = 500_000;

/**
 * A list, or as much of it as the query's limit allows, page by page: however long it is and however slowly it is taken, one page is in memory
 * and no transaction is open between two. All pages carry the first one's revision, and a watch from there makes up for what happened
 * between them.
 *
 * @param sizeOf characters that a page came to
 */
export async function* listPages(
  { list }: Pick<ResourceRepository, 'list'>,
  query: ListQuery,
  sizeOf: (page: ListPage) => number,
): AsyncGenerator<ListPage> {
  let take = FIRST_PAGE;
  let taken = 0;
  let continueToken = query.continueToken;
  do {
    const left = query.limit ? query.limit - taken : Number.POSITIVE_INFINITY;
    const limit = Math.min(take, left);
    // What remains is told with the last page only.
    const page = await list({ ...query, continueToken, limit, uncounted: limit < left });
    taken += page.items.length;
    continueToken = taken === query.limit ? undefined : page.continueToken;
    yield page;
    const perObject = sizeOf(page) / Math.max(1, page.items.length);
    take = Math.max(1, Math.min(LARGEST_PAGE, take * 4, Math.floor(PAGE_CHARACTERS / Math.max(1, perObject))));
  } while (continueToken !== undefined);
}
