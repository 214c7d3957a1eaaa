import { expect, it } from 'vitest';
import { WatchLimit } from './watch-limit.js';

it('refuses more watches of a caller than it may have, until one of them ends', () => {
  const limit = new WatchLimit(2);
  const [giveBack] = [limit.take('alice'), limit.take('alice')];
  limit.take('bob');
  expect(() => limit.take('alice')).toThrow(
    expect.objectContaining({ httpStatus: 429, details: { retryAfterSeconds: 10 } }),
  );
  giveBack();
  limit.take('alice');
  expect(() => limit.take('alice')).toThrow('alice has 2 watches open');
});
