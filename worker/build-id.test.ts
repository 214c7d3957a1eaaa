import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildIdOf } from './build-id.js';

let folder: string;
let first: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-build-'));
  first = path.join(folder, 'first');
  const rooms = [
    'resources',
    'workflows',
    'activities',
    'clusters',
    'object-storage',
    'migrations-db',
    'temporal',
    'worker',
  ];
  for (const room of rooms) await mkdir(path.join(first, room, 'kit'), { recursive: true });
  await writeFile(path.join(first, 'package.json'), '{ "version": "1.2.3" }');
  await writeFile(path.join(first, 'package-lock.json'), '{}');
  await writeFile(path.join(first, 'workflows/kit/a.ts'), 'a');
});
afterAll(() => rm(folder, { recursive: true }));

/** The build id of a copy in which one file is another. */
async function idWith(file: string, text: string): Promise<string> {
  const copy = await mkdtemp(path.join(folder, 'copy-'));
  await cp(first, copy, { recursive: true });
  await writeFile(path.join(copy, file), text);
  return buildIdOf(copy);
}

it('is the same for the same sources, wherever they are, and tells the version', async () => {
  const id = await buildIdOf(first);
  expect(id).toMatch(/^1\.2\.3-[0-9a-f]{12}$/);
  expect(await idWith('workflows/kit/a.ts', 'a')).toBe(id);
  expect(await idWith('workflows/kit/a.test.ts', 'tests change nothing')).toBe(id);
});

it.each([
  ['workflows/kit/a.ts', 'b'],
  ['activities/kit/new.ts', ''],
  ['package-lock.json', '{ "packages": {} }'],
])('is another when %s is', async (file, text) => {
  expect(await idWith(file, text)).not.toBe(await buildIdOf(first));
});
