import { expect, it } from 'vitest';
import { boundedLines } from './bounded-lines.js';

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `volume ${index}`);

it.each([
  ['none', lines(0), []],
  ['as many as may be shown', lines(3), lines(3)],
  ['more', lines(5), [...lines(3), 'and 2 more']],
])('shows of %s the first and how many are left out', (_, given, shown) => {
  expect(boundedLines(given, 3)).toEqual(shown);
});

it('cuts a line of any length', () => {
  expect(boundedLines(['x'.repeat(1_000_000)], 3)[0]?.length).toBeLessThanOrEqual(1_000);
});
