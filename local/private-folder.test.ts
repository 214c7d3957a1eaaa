import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePrivate } from './private-folder.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'mtc-private-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('makes a folder for its owner alone, and one that was there', async () => {
  const [made, there] = [path.join(parent, 'made'), path.join(parent, 'there')];
  await mkdir(there, { mode: 0o755 });
  for (const folder of [made, there]) {
    await makePrivate(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  }
});
