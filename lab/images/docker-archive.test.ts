import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashImage, type Image, writeDockerArchive } from './docker-archive.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function entriesOf(tar: Buffer) {
  const entries = new Map<string, { type?: string | null; mode?: number; linkname?: string | null; content: Buffer }>();
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { name, type, mode, linkname } = entry.header;
    entries.set(name, { type, mode, linkname, content: await buffer(entry) });
  }
  return entries;
}

async function writeImage(image: Image) {
  const archive = join(folder, 'image.tar');
  await writeDockerArchive(archive, 'registry.lab:5000/tool:1', image);
  const files = await entriesOf(await readFile(archive));
  const [manifest] = JSON.parse(String(files.get('manifest.json')?.content));
  const config = JSON.parse(String(files.get(manifest.Config)?.content));
  const layer = files.get(manifest.Layers[0])?.content ?? Buffer.alloc(0);
  return { manifest, config, layer };
}

describe('writeDockerArchive', () => {
  it('writes one layer, named by its hash in config and manifest', async () => {
    const { manifest, config, layer } = await writeImage({
      entries: [{ path: 'a', text: 'x' }],
      entrypoint: ['/a'],
      user: '1:0',
    });
    const hash = createHash('sha256').update(layer).digest('hex');
    expect(manifest).toMatchObject({ RepoTags: ['registry.lab:5000/tool:1'], Layers: [`${hash}.tar`] });
    expect(config).toMatchObject({
      os: 'linux',
      config: { Entrypoint: ['/a'], User: '1:0' },
      rootfs: { type: 'layers', diff_ids: [`sha256:${hash}`] },
    });
    expect(await readdir(folder)).toEqual(['image.tar']);
  });

  it('keeps kinds, modes, links and contents of entries', async () => {
    const script = join(folder, 'script');
    await writeFile(script, '#!/bin/sh\n');
    const { layer } = await writeImage({
      entries: [
        { path: 'tmp', directory: true, mode: 0o1777 },
        { path: 'bin/script', file: script },
        { path: 'bin/link', link: 'script' },
        { path: 'etc/passwd', text: 'root:x:0:0::/:/bin/sh\n', mode: 0o644 },
      ],
    });
    const entries = await entriesOf(layer);
    expect(entries.get('tmp')).toMatchObject({ type: 'directory', mode: 0o1777 });
    expect(entries.get('bin/script')).toMatchObject({ type: 'file', mode: 0o755, content: Buffer.from('#!/bin/sh\n') });
    expect(entries.get('bin/link')).toMatchObject({ type: 'symlink', linkname: 'script' });
    expect(entries.get('etc/passwd')).toMatchObject({ mode: 0o644, content: Buffer.from('root:x:0:0::/:/bin/sh\n') });
  });

  it('writes the same layer for the same content', async () => {
    const image: Image = { entries: [{ path: 'a', text: 'x' }] };
    const { layer } = await writeImage(image);
    expect((await writeImage(image)).layer.equals(layer)).toBe(true);
  });
});

describe('hashImage', () => {
  it('changes with the content of a file, a mode, and the entrypoint', async () => {
    const file = join(folder, 'file');
    const hashOf = async (content: string, image: Partial<Image> = {}, mode = 0o755) => {
      await writeFile(file, content);
      return hashImage({ entries: [{ path: 'a', file, mode }], ...image });
    };
    const hashes = [
      await hashOf('1'),
      await hashOf('2'),
      await hashOf('1', { entrypoint: ['/a'] }),
      await hashOf('1', {}, 0o644),
    ];
    expect(new Set(hashes).size).toBe(4);
    expect(await hashOf('1')).toBe(hashes[0]);
  });

  it('takes a version for the content where one is given', async () => {
    const entry = { path: 'a', file: '/no/such/file', version: '1' };
    expect(await hashImage({ entries: [entry] })).not.toBe(await hashImage({ entries: [{ ...entry, version: '2' }] }));
  });
});
