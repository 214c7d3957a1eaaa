import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPhrases, type Phrases } from './phrases.js';

/**
 * Refuses phrases that plain English has other words for, in the rooms `plain-english.json` calls cleaned; single words of that
 * list are refused by cspell. With names of rooms or files as arguments it looks at these instead, and for words too: a list of what is
 * to be done there.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const { cleaned, words, phrases } = JSON.parse(await readFile(path.join(root, 'rules/plain-english.json'), 'utf8')) as {
  cleaned: string[];
  words: Phrases;
  phrases: Phrases;
};

const asked = process.argv.slice(2);
const places = asked.length > 0 ? asked : cleaned;
const wanted = asked.length > 0 ? { ...wordPatterns(words), ...phrases } : phrases;

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...places], {
  cwd: root,
  encoding: 'utf8',
});
let found = 0;
for (const file of files.split('\0').filter((name) => name !== '' && !name.startsWith('rules/'))) {
  const lines = findPhrases(await readFile(path.join(root, file), 'utf8'), wanted);
  found += lines.length;
  for (const line of lines) console.log(`${file}:${line}`);
}
process.exitCode = found > 0 ? 1 : 0;

/** As words and inside names: of `patience`, also in `lastPatience` and `patienceOf`. */
function wordPatterns(list: Phrases): Phrases {
  return Object.fromEntries(Object.entries(list).map(([word, better]) => [`(?<![a-z])${word}(?![a-z])`, better]));
}
