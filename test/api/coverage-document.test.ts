import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** The 4.8 guide: each numbered section and the line it begins at, as the page's text of it has them. */
const NUMBERED = `
  1:14 1.1:31 1.2:96 1.3:153 1.3.1:157 1.3.2:175 1.4:191 2:201 2.1:209 2.1.1:213 2.1.2:220 2.1.3:226 2.2:235
  2.2.1:239 2.2.2:253 2.2.3:260 2.2.4:287 2.3:294 2.3.1:298 3:302 3.1:314 3.2:357 3.3:412 3.4:434 3.4.1:440
  3.4.1.1:446 3.4.1.2:461 3.4.1.3:467 3.4.2:475 3.4.2.1:481 3.4.2.1.1:482 3.4.2.1.2:499 3.4.2.2:513 3.4.2.3:531
  3.4.3:562 3.5:600 3.5.1:614 3.5.2:619 3.5.2.1:623 3.5.2.2:637 3.5.3:750 3.5.4:868 3.5.5:949 3.5.6:1017 3.6:1019
  4:1064 4.1:1085 4.2:1128 4.3:1151 4.4:1232 4.4.1:1238 4.4.1.1:1244 4.4.1.2:1259 4.4.1.3:1265 4.4.2:1273
  4.4.2.1:1279 4.4.2.1.1:1280 4.4.2.1.2:1297 4.4.2.2:1311 4.4.2.3:1329 4.4.3:1360 4.5:1398 4.5.1:1404 4.5.2:1409
  4.5.2.1:1413 4.5.2.2:1427 4.5.3:1540 4.6:1542 5:1587 5.1:1597 5.2:1618 5.3:1663 6:1692 6.1:1696 6.2:1712 6.3:1737
  7:1744 7.1:1748 7.1.1:1754 7.1.2:1769 7.2:1797 8:1835 8.1:1859 8.2:1899 8.2.1:1903 8.2.2:1930 8.2.3:1979 8.2.4:2027
  8.2.5:2101 9:2145 9.1:2149 9.2:2214 9.2.1:2218 9.2.2:2258 9.2.3:2274 9.2.3.1:2280 9.2.3.1.1:2286 9.2.3.1.2:2301
  9.2.3.1.3:2307 9.2.3.2:2315 9.2.3.2.1:2321 9.2.3.2.1.1:2322 9.2.3.2.1.2:2339 9.2.3.2.2:2353 9.2.3.2.3:2371
  9.2.3.3:2401 9.2.4:2437 9.2.5:2700 9.3:2778 9.3.1:2801 9.3.1.1:2807 9.3.1.2:2854 9.4:2873 9.4.1:2877 9.4.2:2932
  9.4.3:2957 9.4.4:2984 9.4.5:3013 9.4.6:3074 9.5:3146 9.5.1:3150 9.5.2:3194 9.5.3:3243 10:3270 10.1:3276 10.2:3366
  10.2.1:3370 10.2.2:3395 10.2.3:3417 10.2.4:3447 10.2.5:3465 10.2.6:3500 10.2.7:3547 10.2.8:3582 10.2.9:3618
  10.2.10:3685 10.3:3741 10.3.1:3745 10.3.2:3778 10.3.3:3801 10.3.4:3816 10.3.4.1:3829 10.3.4.1.1:3833
  10.3.4.1.2:3852 10.3.4.1.3:3883 10.3.4.1.4:3914 10.3.5:3949 10.3.6:4004 10.3.7:4052 10.3.8:4111 10.4:4290
  10.4.1:4294 10.4.2:4332 10.4.2.1:4336 10.4.2.2:4344 10.4.2.3:4352 10.4.2.4:4368 10.4.2.5:4380 10.4.2.6:4400
  10.4.2.7:4465 10.5:4487 10.5.1:4493 10.5.2:4529 10.5.3:4574
`;

/** The 4.17 guide: the line each of its sections, which have no numbers, begins at. */
const UNNUMBERED = `
  1 49 81 336 340 372 402 414 426 494 525 553 567 573 598 607 651 798 802 832 836 844 854 868 878 898 948 967 971 982
  1006 1010 1050 1086
`;

const checkout = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/mtc-coverage.md', checkout), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| (T )?\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, where = '', , state = '', text = '']) => ({ where: where.split(', '), state, text }));

const words = (text: string): string[] => text.trim().split(/\s+/);

it('lists every section of both guides once', () => {
  const listed = rows.flatMap(({ where }) => where).sort();
  const numbered = words(NUMBERED).map((section) => section.replace(/^(.*):(.*)$/, '$1 ($2)'));
  expect(listed).toEqual([...numbered, ...words(UNNUMBERED).map((line) => `T ${line}`)].sort());
});

it('names tests that exist, and one at least for whatever it calls proved', () => {
  const named = [...page.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !existsSync(new URL(file, checkout)))).toEqual([]);
  const unproved = rows.filter(
    ({ state, text }) => ['proved', 'partly'].includes(state) && !text.includes('.test.ts`'),
  );
  expect(unproved).toEqual([]);
});

it('gives every section one of the states it explains', () => {
  const states = ['proved', 'partly', 'not yet', 'not offered', '–'];
  expect(rows.filter(({ state }) => !states.includes(state))).toEqual([]);
});
