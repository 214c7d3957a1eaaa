import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { configurationDocument } from './documentation.js';
import { VARIABLES } from './variables.js';

it('docs/configuration.md says what the table says; npm run docs brings it up to date', async () => {
  const stored = await readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  expect(stored).toBe(configurationDocument());
});

it('names every variable in a row of its own', () => {
  const rows = configurationDocument()
    .split('\n')
    .map((line) => /^\| `([A-Z_]+)`/.exec(line)?.[1])
    .filter(Boolean);
  expect(rows.sort()).toEqual(Object.keys(VARIABLES).sort());
});
