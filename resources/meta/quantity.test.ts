import { expect, it } from 'vitest';
import { parseQuantity } from './quantity.js';

it.each([
  ['10Gi', 10 * 2 ** 30],
  ['500M', 5e8],
  ['1e9', 1e9],
  ['1.5Ti', 1.5 * 2 ** 40],
  ['100m', 0.1],
  ['1E', 1e18],
  [42, 42],
  ['ten', Number.NaN],
  ['10Xi', Number.NaN],
])('reads %s', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected);
});
