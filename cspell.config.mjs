import { readFileSync } from 'node:fs';

const { cleaned, words } = JSON.parse(readFileSync(new URL('./rules/plain-english.json', import.meta.url), 'utf8'));

/** US English, with the words of the field in rules/words.txt. In the rooms that are cleaned, private words are refused too. */
export default {
  version: '0.2',
  language: 'en-US',
  files: ['**/*.{ts,mjs,md,json,yaml,yml,sh,txt}'],
  ignorePaths: [
    'node_modules',
    'dist',
    '.lab',
    '.mtc',
    'package-lock.json',
    'rules/words.txt',
    'test/replay/*/*.json',
    'rules/*.test.ts',
    'rules/plain-english.json',
    '**/go.{mod,sum}',
  ],
  // Characters of URLs in their encoded form.
  ignoreRegExpList: ['%[0-9A-F]{2}'],
  dictionaries: ['typescript', 'node', 'npm', 'k8s', 'softwareTerms', 'bash', 'filetypes', 'field'],
  dictionaryDefinitions: [{ name: 'field', path: './rules/words.txt' }],
  overrides: [
    {
      filename: cleaned.map((place) => (place.includes('.') ? place : `${place}/**`)),
      flagWords: Object.entries(words).map(([word, better]) => `${word}->${better}`),
    },
  ],
};
