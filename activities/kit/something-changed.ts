import { setTimeout } from 'node:timers/promises';
import type { MigrationStore } from '../../migrations-db/migration-store.js';

/** The timer covers what no change notification announces. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Resolves when something was written to the store, or after five seconds.
 *
 * @param leastPauseMs many objects change while migrations run, and there is no need to look more often than this
 */
export async function somethingChanged(
  store: MigrationStore,
  { leastPauseMs, signal }: { leastPauseMs: number; signal: AbortSignal },
): Promise<void> {
  const wake = new AbortController();
  const ignore = store.resources.onChange(() => wake.abort());
  try {
    await setTimeout(leastPauseMs, undefined, { signal });
    await setTimeout(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([signal, wake.signal]) });
  } catch (error) {
    if (signal.aborted) throw error;
  } finally {
    ignore();
  }
}
