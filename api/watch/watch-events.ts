import type { ResourceRepository } from '../../migrations-db/migration-store.js';
import { listPages } from '../present/list-pages.js';
import { followLog, type LogSource } from './follow-log.js';
import { matcher, type ObjectEvent, projectChange } from './project-change.js';
import type { WatchQuery } from './watch-query.js';

export type WatchEvent = ObjectEvent | { type: 'BOOKMARK'; revision: string; initialEventsEnd?: boolean };

const BOOKMARK_MS = 60_000;

/**
 * The events of one watch in the order of revisions, without gaps, until it is aborted. While the database is away it waits.
 *
 * @throws StoreError Gone when the log no longer reaches back far enough
 */
export async function* watchEvents(
  source: LogSource & { resources: Pick<ResourceRepository, 'list'> },
  { selection, after, markInitial, bookmarks }: Omit<WatchQuery, 'seconds'>,
  abort: AbortSignal,
): AsyncGenerator<WatchEvent> {
  let start = after;
  if (start === undefined) {
    const pages = listPages({ list: (page) => source.resources.list(page) }, selection, sizeOfItems);
    for await (const page of pages) {
      start = page.resourceVersion;
      for (const object of page.items) yield { type: 'ADDED', object };
    }
    if (markInitial) yield { type: 'BOOKMARK', revision: start ?? '0', initialEventsEnd: true };
  }
  const matches = matcher(selection);
  let bookmarkedAt = Date.now();
  for await (const { changes, upTo } of followLog(source, start ?? '0', selection, abort)) {
    for (const change of changes) {
      const event = projectChange(change, matches);
      if (event) yield event;
    }
    if (bookmarks && Date.now() - bookmarkedAt >= BOOKMARK_MS) {
      bookmarkedAt = Date.now();
      yield { type: 'BOOKMARK', revision: upTo };
    }
  }
}

/** Good enough to choose how many objects the next page has. */
const sizeOfItems = ({ items }: { items: readonly object[] }): number =>
  items.slice(0, 10).reduce((sum, item) => sum + JSON.stringify(item).length, 0) * Math.ceil(items.length / 10);
