import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { collect } from '../test/kit/cluster/collect.js';
import { readLines } from './read-lines.js';

const linesOf = (...chunks: (string | Buffer)[]) =>
  collect(readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))));

it('joins lines and characters that chunks cut apart', async () => {
  const umlaut = Buffer.from('ü');
  expect(await linesOf('one\ntw', 'o\nf', umlaut.subarray(0, 1), umlaut.subarray(1), 'nf\n')).toEqual([
    'one',
    'two',
    'fünf',
  ]);
});

it('gives the last line without a break, and empty ones', async () => {
  expect(await linesOf('a\n\nb')).toEqual(['a', '', 'b']);
  expect(await linesOf('')).toEqual([]);
});
