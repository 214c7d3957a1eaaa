import { setTimeout as sleep } from 'node:timers/promises';
import { type LoggedChange, type ResourceRepository, StoreError } from '../../migrations-db/migration-store.js';
import { matcher, type ObjectEvent, projectChange } from './project-change.js';
import { WakeUp } from './wake-up.js';
import type { WatchQuery } from './watch-query.js';

export type WatchEvent = ObjectEvent | { type: 'BOOKMARK'; revision: string; initialEventsEnd?: boolean };

const BATCH = 500;
/** Notifications only wake the watch; this often it reads without one. */
const LOOK_MS = 10_000;
const BOOKMARK_MS = 60_000;
const RETRY_MS = 1_000;

/**
 * The events of one watch in the order of revisions, without gaps, until it is aborted. While the database is away it waits.
 *
 * @throws StoreError Gone when the log no longer reaches back far enough
 */
export async function* watchEvents(
  resources: ResourceRepository,
  query: Omit<WatchQuery, 'seconds'>,
  abort: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const wakeUp = new WakeUp(abort);
  const stopListening = resources.onChange(wakeUp.signal);
  try {
    let after = query.after;
    if (after === undefined) {
      const page = await resources.list(query.selection);
      after = page.resourceVersion;
      for (const object of page.items) yield { type: 'ADDED', object };
      if (query.markInitial) yield { type: 'BOOKMARK', revision: after, initialEventsEnd: true };
    }
    yield* followLog(resources, query, after, wakeUp, abort);
  } finally {
    stopListening();
  }
}

async function* followLog(
  resources: ResourceRepository,
  { selection, bookmarks }: Pick<WatchQuery, 'selection' | 'bookmarks'>,
  start: string,
  wakeUp: WakeUp,
  abort: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const matches = matcher(selection);
  let after = start;
  let bookmarkedAt = Date.now();
  while (!abort.aborted) {
    const look = await lookAtLog(resources, selection, after);
    for (const change of look?.changes ?? []) {
      const event = projectChange(change, matches);
      if (event) yield event;
    }
    after = look?.upTo ?? after;
    if (bookmarks && Date.now() - bookmarkedAt >= BOOKMARK_MS) {
      bookmarkedAt = Date.now();
      yield { type: 'BOOKMARK', revision: after };
    }
    if (look === undefined) await sleep(RETRY_MS);
    else if (look.changes.length < BATCH) await wakeUp.wait(LOOK_MS);
  }
}

/** Undefined when the database is away. */
async function lookAtLog(
  resources: ResourceRepository,
  filter: { kind: string; namespace?: string },
  after: string,
): Promise<{ changes: LoggedChange[]; upTo: string } | undefined> {
  try {
    // Asked for before the changes: all up to it are then among them, so that a quiet kind's watch keeps up with compaction.
    const current = await resources.currentRevision();
    const changes = await resources.changesAfter(after, filter, BATCH);
    const last = changes.at(-1)?.revision ?? after;
    const all = changes.length < BATCH;
    return { changes, upTo: all && BigInt(current) > BigInt(last) ? current : last };
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'Unavailable') return undefined;
    throw error;
  }
}
