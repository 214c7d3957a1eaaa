import { ApiError } from '../http/api-error.js';

/** Watches that are open at a time by one caller. */
const WATCHES = 500;
const RETRY_AFTER_SECONDS = 10;

/** Keeps count of open watches by who opened them: one client that never closes any does not take the service from the others. */
export class WatchLimit {
  private readonly open = new Map<string, number>();

  constructor(private readonly limit = WATCHES) {}

  /**
   * Counts one more; returns the function that gives it back.
   *
   * @throws ApiError 429 when there are as many as there may be
   */
  take(caller: string): () => void {
    const count = this.open.get(caller) ?? 0;
    if (count >= this.limit) {
      throw new ApiError(
        429,
        'TooManyRequests',
        `${caller} has ${this.limit} watches open, which is the most one token may have; close some, or share one watch among several readers`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    }
    this.open.set(caller, count + 1);
    return () => {
      const left = (this.open.get(caller) ?? 1) - 1;
      if (left > 0) this.open.set(caller, left);
      else this.open.delete(caller);
    };
  }
}
