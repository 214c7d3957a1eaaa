import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { findPhrases, type Phrases } from './phrases.js';

const { phrases } = JSON.parse(await readFile(new URL('plain-english.json', import.meta.url), 'utf8')) as {
  phrases: Phrases;
};

describe('phrases', () => {
  test.each([
    [`"60" ${'is'} no minute`, '1: "is no": write "is not a"'],
    [`It can${' '}not be read.`, '1: "can not": write "cannot"'],
    [`It can${"'"}t be read.`, `1: "can't": write "cannot"`],
    [`first\nthe run goes${' '}on`, '2: "goes on": write "continues"'],
    [`/**\n * A name that is\n * no${' '}name.\n */`, '2: "is no": write "is not a"'],
  ])('%j is named', (text, said) => {
    expect(findPhrases(text, phrases)).toEqual([said]);
  });

  test.each([
    'There is no bucket.',
    'It is no longer there.',
    'It cannot be read.',
    'It is not a name.',
    'What is not online',
  ])('%j is plain', (text) => {
    expect(findPhrases(text, phrases)).toEqual([]);
  });
});
