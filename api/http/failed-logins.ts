import { isIPv6 } from 'node:net';

const ATTEMPTS = 60;
const WINDOW_MS = 60_000;
const ADDRESSES = 1_000;

/**
 * Counts requests with a wrong token by the address they come from, in windows of a minute. Its memory has a bound: beyond it the address that
 * has begun longest ago is forgotten. A right token is always let in: many clients may stand behind one address, and one of them with an old
 * token must not lock the others out.
 */
export class FailedLogins {
  private readonly seen = new Map<string, { count: number; since: number }>();

  constructor(
    private readonly limits: { attempts: number; addresses: number } = { attempts: ATTEMPTS, addresses: ADDRESSES },
  ) {}

  /** Counts one more. Undefined, or seconds to wait when there were too many. */
  add(address: string, now: number = performance.now()): number | undefined {
    const key = networkOf(address);
    let entry = this.seen.get(key);
    if (!entry || now - entry.since >= WINDOW_MS) {
      entry = { count: 0, since: now };
      this.seen.delete(key);
      this.seen.set(key, entry);
      const [oldest] = this.seen.keys();
      if (this.seen.size > this.limits.addresses && oldest !== undefined) this.seen.delete(oldest);
    }
    entry.count += 1;
    return entry.count > this.limits.attempts ? Math.ceil((entry.since + WINDOW_MS - now) / 1_000) : undefined;
  }

  get size(): number {
    return this.seen.size;
  }
}

/** One machine has a whole network of 2^64 addresses in IPv6. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
