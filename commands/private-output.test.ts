import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutput } from './private-output.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openOutput', () => {
  it('makes a file for its owner alone, whatever the umask', async () => {
    const file = path.join(folder, 'source.yaml');
    const before = process.umask(0);
    try {
      await (await openOutput(file)).write('token');
    } finally {
      process.umask(before);
    }
    expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['token', 0o600]);
  });

  it('takes no file that is there, and leaves it as it is', async () => {
    const file = path.join(folder, 'there');
    await writeFile(file, 'mine');
    await expect(openOutput(file)).rejects.toThrow('it is there already');
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('leaves no file behind when nothing comes of it', async () => {
    const file = path.join(folder, 'empty');
    await (await openOutput(file)).discard();
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it.each([
    [0o644, false],
    [0o640, false],
    [0o600, true],
  ])('a standard output that goes into a file of mode %o', async (mode, taken) => {
    const file = path.join(folder, 'redirected');
    await using handle = await open(file, 'w');
    await handle.chmod(mode);
    const opened = openOutput(undefined, handle.fd);
    if (taken) await expect(opened).resolves.toBeDefined();
    else await expect(opened).rejects.toThrow('Use --output FILE');
  });
});
