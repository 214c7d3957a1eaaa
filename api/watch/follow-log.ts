import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, type LogPart, type ResourceRepository } from '../../migrations-db/migration-store.js';
import type { ChangeFeed } from './change-feed.js';
import { WakeUp } from './wake-up.js';

/** Changes taken at a time. */
const BATCH = 500;
/** At least this often there is a part, be it an empty one. */
const LOOK_MS = 10_000;
const RETRY_MS = 1_000;

export interface LogSource {
  resources: Pick<ResourceRepository, 'logAfter'>;
  feed: Pick<ChangeFeed, 'after' | 'onNews'>;
}

/**
 * The change log after a revision, without gaps, until it is aborted: from the feed, or from the database as long as that is behind or ahead.
 * While the database is away it waits.
 *
 * @throws StoreError Gone when the log no longer reaches back far enough
 */
export async function* followLog(
  { resources, feed }: LogSource,
  start: string,
  filter: { kind?: string; namespace?: string },
  abort: AbortSignal,
): AsyncGenerator<LogPart> {
  const wakeUp = new WakeUp(abort);
  const stopListening = feed.onNews(wakeUp.signal);
  try {
    let after = start;
    while (!abort.aborted) {
      const part = feed.after(after, BATCH) ?? (await readLog(resources, after, filter));
      if (part === undefined) {
        await sleep(RETRY_MS);
        continue;
      }
      yield { changes: part.changes.filter((change) => isOf(filter, change)), upTo: part.upTo };
      after = part.upTo;
      if (part.changes.length < BATCH) await wakeUp.wait(LOOK_MS);
    }
  } finally {
    stopListening();
  }
}

const isOf = (filter: { kind?: string; namespace?: string }, change: { kind: string; namespace: string }): boolean =>
  (filter.kind === undefined || filter.kind === change.kind) &&
  (filter.namespace === undefined || filter.namespace === change.namespace);

/** Undefined when the database is away. */
async function readLog(
  resources: LogSource['resources'],
  after: string,
  filter: { kind?: string; namespace?: string },
): Promise<LogPart | undefined> {
  try {
    return await resources.logAfter(after, filter, BATCH);
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}
