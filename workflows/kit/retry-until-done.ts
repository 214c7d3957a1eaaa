import { isCancellation } from '@temporalio/workflow';

const FIRST_PAUSE_SECONDS = 10;
const LONGEST_PAUSE_SECONDS = 120;

/** How work that is never given up shows what blocks it. */
export interface RetryObserver {
  /** Shows what the work failed with; resolves when it is time to try again, after so many seconds at the latest. */
  onFailure(error: unknown, seconds: number): Promise<void>;
  onRecovered(): void;
}

/**
 * Work that the application's return depends on. Its failures are shown to the operator, who may fix the cause: giving up would leave the
 * application on neither side.
 *
 * @param check asked after each failure: what it throws ends the tries
 */
export async function retryUntilDone<Result>(
  obstacles: RetryObserver,
  work: () => Promise<Result>,
  check: () => Promise<void> = async () => undefined,
): Promise<Result> {
  for (let seconds = FIRST_PAUSE_SECONDS; ; seconds = Math.min(2 * seconds, LONGEST_PAUSE_SECONDS)) {
    try {
      const result = await work();
      obstacles.onRecovered();
      return result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      await check();
      await obstacles.onFailure(error, seconds);
    }
  }
}
