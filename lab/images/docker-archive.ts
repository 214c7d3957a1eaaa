import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Header, type Pack, pack } from 'tar-stream';

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

/** One entry of an image's only layer. Its path has no leading slash; content is text or a file of this machine. */
export interface ImageEntry {
  path: string;
  mode?: number;
  text?: string;
  file?: string;
  /** Stands for the file's content in the image's hash, to spare reading a big file each time. */
  version?: string;
  /** Target of a symbolic link. */
  link?: string;
  directory?: true;
}

export interface Image {
  entries: ImageEntry[];
  /** Runs when a pod names no command. */
  entrypoint?: string[];
  /** `uid:gid`; root if nothing is said. */
  user?: string;
}

/** Hash of all that an image holds: entries' paths, modes and contents, and the entrypoint. */
export async function hashImage({ entries, entrypoint, user }: Image): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(entrypoint ?? []));
  if (user) hash.update(user);
  for (const { file, ...entry } of entries) {
    hash.update(JSON.stringify(entry));
    if (file && !entry.version) hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

/**
 * Writes an image as `docker save` would: a layer tar, a config that names the layer by its hash, and a manifest.
 * No container engine is needed for that, and `ctr images import` and skopeo read it.
 */
export async function writeDockerArchive(archive: string, name: string, image: Image): Promise<void> {
  const layerFile = `${archive}.layer`;
  const part = `${archive}.part`;
  try {
    await writeLayer(layerFile, image.entries);
    const layerHash = await hashFile(layerFile);
    const config = JSON.stringify(imageConfig(layerHash, image));
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    const layerName = `${layerHash}.tar`;
    const manifest = JSON.stringify([{ Config: configName, RepoTags: [name], Layers: [layerName] }]);
    await writeTar(part, async (tar) => {
      await addText(tar, { name: configName }, config);
      await addFile(tar, { name: layerName }, layerFile);
      await addText(tar, { name: 'manifest.json' }, manifest);
    });
    await rename(part, archive);
  } finally {
    await rm(layerFile, { force: true });
  }
}

const imageConfig = (layerHash: string, { entrypoint, user }: Image) => ({
  architecture: 'amd64',
  os: 'linux',
  config: {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Entrypoint: entrypoint,
    User: user,
  },
  rootfs: { type: 'layers', diff_ids: [`sha256:${layerHash}`] },
  history: [{ created_by: 'lab' }],
});

/** Times are left at zero, so that the same content always makes the same layer. */
async function writeLayer(layerFile: string, entries: ImageEntry[]): Promise<void> {
  await writeTar(layerFile, async (tar) => {
    for (const entry of entries) {
      const header = { name: entry.path, mode: entry.mode ?? 0o755, mtime: new Date(0) };
      if (entry.directory) await addText(tar, { ...header, type: 'directory' }, '');
      else if (entry.link) await addText(tar, { ...header, type: 'symlink', linkname: entry.link }, '');
      else if (entry.file) await addFile(tar, header, entry.file);
      else await addText(tar, header, entry.text ?? '');
    }
  });
}

async function writeTar(file: string, fill: (tar: Pack) => Promise<void>): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  await fill(tar);
  tar.finalize();
  await written;
}

const addText = (tar: Pack, header: EntryHeader, text: string) =>
  new Promise<void>((resolve, reject) => {
    tar.entry(header, text, (error) => (error ? reject(error) : resolve()));
  });

async function addFile(tar: Pack, header: EntryHeader, file: string): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), tar.entry({ ...header, size }));
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
