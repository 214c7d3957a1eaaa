import { setTimeout as pause } from 'node:timers/promises';
import type { Meddler, Refusal } from './meddler.js';
import type { ProxiedRequest } from './proxied-request.js';
import { seeded } from './seeded.js';

const FAILURES: readonly Refusal[] = [
  { code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 },
  { code: 500, reason: 'InternalError' },
  'reset',
];

/**
 * Lets a share of the calls fail, in turn by 429, 500, a connection that breaks before the server hears of the call, and one that breaks
 * after the server has done what it was asked.
 */
export function failing(share: number, seed: number): Meddler & { failed: number } {
  const random = seeded(seed);
  const lost = new WeakSet<ProxiedRequest>();
  const meddler = {
    failed: 0,
    before(request: ProxiedRequest) {
      if (random() >= share) return undefined;
      meddler.failed += 1;
      const refusal = FAILURES[Math.floor(random() * (FAILURES.length + 1))];
      if (!refusal) lost.add(request);
      return refusal;
    },
    answered: (request: ProxiedRequest) => (lost.has(request) ? ('lost' as const) : undefined),
  };
  return meddler;
}

/** Ends every watch after that many seconds. */
export const shortWatches = (seconds: number): Meddler => ({
  watchLifetime: () => seconds * 1_000,
});

/** Knows the past no longer: whoever takes up a watch where another of the same objects stood is answered 410 once. */
export function forgettingThePast(): Meddler & { forgotten: number } {
  const versions = new Map<string, string>();
  const meddler = {
    forgotten: 0,
    before(request: ProxiedRequest): Refusal | undefined {
      if (!request.isWatch) return undefined;
      const { resourceVersion = '', ...selection } = Object.fromEntries(request.query);
      const objects = `${request.path} ${JSON.stringify(selection)}`;
      const before = versions.get(objects);
      versions.set(objects, resourceVersion);
      if (before === undefined) return undefined;
      versions.delete(objects);
      meddler.forgotten += 1;
      return { code: 410, reason: 'Expired' };
    },
  };
  return meddler;
}

/** Each call reaches the server that much later. */
export const slow = (milliseconds: number): Meddler => ({
  async before() {
    await pause(milliseconds);
    return undefined;
  },
});
