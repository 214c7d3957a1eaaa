import { expect, it } from 'vitest';
import { LISTED, listSome, someSentences } from './listing.js';

const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

it('lists all there is, up to five', () => {
  expect(listSome([])).toBe('');
  expect(listSome(items.slice(0, LISTED))).toBe('a, b, c, d, e');
  expect(listSome(items)).toBe('a, b, c, d, e and 2 more');
  expect(listSome(items, { most: 3 })).toBe('a, b, c and 4 more');
});

it('puts sentences one after the other', () => {
  expect(someSentences(['A is up.', 'B is up.'])).toBe('A is up. B is up.');
  expect(someSentences(['A.', 'B.', 'C.', 'D.', 'E.'], { total: 9 })).toBe('A. B. C. D. E. And 4 more.');
});
