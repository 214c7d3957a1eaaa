import { expect, it } from 'vitest';
import { FailedLogins } from './failed-logins.js';

it('counts by address, for a minute', () => {
  const failed = new FailedLogins({ attempts: 2, addresses: 10 });
  expect([failed.add('10.0.0.1', 0), failed.add('10.0.0.1', 1), failed.add('10.0.0.1', 10_000)]).toEqual([
    undefined,
    undefined,
    50,
  ]);
  expect(failed.add('10.0.0.2', 10_000)).toBeUndefined();
  expect(failed.add('10.0.0.1', 60_000)).toBeUndefined();
});

it('takes the addresses of one IPv6 network for one', () => {
  const failed = new FailedLogins({ attempts: 1, addresses: 10 });
  failed.add('2001:db8:0:1::1', 0);
  expect(failed.add('2001:db8:0:1:ffff::2', 0)).toBe(60);
  expect(failed.add('2001:db8:0:2::1', 0)).toBeUndefined();
});

it('remembers no more addresses than it may', () => {
  const failed = new FailedLogins({ attempts: 1, addresses: 100 });
  for (let each = 0; each < 10_000; each += 1) failed.add(`10.0.${each >> 8}.${each & 255}`, each);
  expect(failed.size).toBe(100);
});
