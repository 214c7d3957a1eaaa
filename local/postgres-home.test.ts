import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseForeign } from './postgres-home.js';

const own = process.getuid?.() ?? 0;
let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'mtc-foreign-'));
  folder = path.join(parent, 'mtc-postgres-binaries');
  await mkdir(folder, { mode: 0o755 });
});
afterEach(() => rm(parent, { recursive: true, force: true }));

describe('a folder of a known name in the temporary one', () => {
  it('is used where we made it', () => expect(refuseForeign(folder, [own])).resolves.toBeUndefined());

  it.each<[string, () => Promise<unknown>]>([
    ['others may write to', () => chmod(folder, 0o777)],
    ['the group may write to', () => chmod(folder, 0o775)],
    ['is a link', async () => [await rm(folder, { recursive: true }), await symlink(tmpdir(), folder)]],
    ['is a file', async () => [await rm(folder, { recursive: true }), await writeFile(folder, '')]],
  ])('that %s is refused', async (_, change) => {
    await change();
    await expect(refuseForeign(folder, [own])).rejects.toThrow('is not a folder of our own');
  });

  it('that another user made is refused', async () => {
    if (own === 0) await chown(folder, 65_534, 65_534);
    await expect(refuseForeign(folder, own === 0 ? [0] : [own + 1])).rejects.toThrow('is not a folder of our own');
  });
});
