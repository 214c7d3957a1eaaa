import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Patch, patchProblems } from '../kit/temporal/patch-rules.js';
import { PATCHES } from './patches.js';

/** What is bundled into workflow code. */
const ROOMS = ['workflows', 'resources', 'temporal'];

it('the patches in the code are those of the table, and none is there longer than it says', async () => {
  const sources = new Map<string, string>();
  for (const room of ROOMS) {
    for (const file of await readdir(room, { recursive: true })) {
      if (file.endsWith('.ts')) sources.set(path.join(room, file), await readFile(path.join(room, file), 'utf8'));
    }
  }
  expect(sources.size).toBeGreaterThan(100);
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(patchProblems(sources, PATCHES, version)).toEqual([]);
});

describe('the rules of patches', () => {
  const patch: Patch = { id: '1.2-quota', deprecatedIn: '1.3', goneIn: '1.4' };
  const problems = (code: string, version: string, patches: Patch[] = [patch]): string[] =>
    patchProblems(new Map([['final.ts', code]]), patches, version);

  it.each([
    ["if (patched('1.2-quota')) await check();", '1.2.7'],
    ["wf.deprecatePatch('1.2-quota');", '1.3.0'],
  ])('let %s pass in %s', (code, version) => {
    expect(problems(code, version)).toEqual([]);
  });

  it.each([
    ["if (patched('1.2-other')) await check();", '1.2.0', 'final.ts: 1.2-other is not in the table of patches.'],
    ['if (patched(id)) await check();', '1.2.0', 'final.ts: the id of patched() is not written out as a text.'],
    ["patched('1.2-quota');", '1.3.0', 'final.ts: 1.2-quota is to be deprecatePatch() in 1.3.0, not patched().'],
    ["deprecatePatch('1.2-quota');", '1.2.1', 'final.ts: 1.2-quota is to be patched() in 1.2.1, not deprecatePatch().'],
    ["deprecatePatch('1.2-quota');", '1.4.0', 'final.ts: 1.2-quota goes in 1.4; this is 1.4.0.'],
    ['await check();', '1.2.0', '1.2-quota is in the table of patches and not in the code.'],
    ["// patched('1.2-quota')", '2.0.0', '1.2-quota is gone from the code: take it out of the table of patches.'],
  ])('find %s wrong in %s', (code, version, problem) => {
    expect(problems(code, version)).toContain(problem);
  });

  it.each([
    [{ ...patch, id: 'quota' }, 'The id quota is not <release>-<what>, e.g. 1.2-checks-quota-first.'],
    [{ ...patch, goneIn: '1.3' }, '1.2-quota: 1.2, 1.3 and 1.3 do not follow each other.'],
  ])('find %j wrong in the table', (wrong, problem) => {
    expect(problems('', '1.2.0', [wrong])).toContain(problem);
  });
});
