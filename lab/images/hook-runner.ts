import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { withLock } from '../machine/lock.js';
import { cacheFolder } from '../machine/programs.js';
import { run, systemPath } from '../machine/run.js';
import { checkout, exists, makeFolder } from '../machine/state.js';
import type { Image, ImageEntry } from './docker-archive.js';
import { builtProgram } from './image-contents.js';

/** Debian packages of the image; apt adds what they depend on. The second half is what a slim Debian has anyway. */
const packages = [
  'ansible',
  'ansible-core',
  'python3-ansible-runner',
  'python3-jmespath',
  'python3-kubernetes',
  'ca-certificates',
  'base-files',
  'base-passwd',
  'bash',
  'coreutils',
  'dash',
  'findutils',
  'grep',
  'gzip',
  'hostname',
  'libc-bin',
  'mawk',
  'sed',
  'tar',
];

const pythonFolder = 'usr/lib/python3/dist-packages';
/** Of a package that holds many collections, the only one taken. */
const onlyPart: Record<string, string> = { ansible: `./${pythonFolder}/ansible_collections/kubernetes` };
const leftOut = ['doc', 'ieee-data', 'info', 'locale', 'man'].map((name) => `./usr/share/${name}`);
const merged = ['bin', 'lib', 'lib64', 'sbin'];

/** The same as `images/hook-runner/Containerfile` makes. Its root file system is put together from Debian packages that this machine never installs. */
export async function hookRunnerImage(): Promise<Image> {
  const root = await rootFileSystem();
  const entrypoint = join(checkout, 'images', 'hook-runner', 'scripts', 'entrypoint');
  return {
    entries: [
      { path: 'tmp', directory: true, mode: 0o1777 },
      ...(await entriesOf(root.folder, root.version)),
      { path: 'usr/bin/entrypoint', file: entrypoint },
      await builtProgram('usr/local/bin/kubectl', 'kubectl'),
      { path: 'usr/local/bin/oc', link: 'kubectl' },
    ],
    entrypoint: ['/usr/bin/entrypoint'],
    user: '65534:0',
  };
}

/** Made once for all checkouts, as programs are. */
async function rootFileSystem(): Promise<{ folder: string; version: string }> {
  const recipe = await readFile(new URL(import.meta.url), 'utf8');
  const version = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  const parent = await makeFolder(cacheFolder, 'hook-runner');
  const folder = join(parent, version);
  await withLock(join(parent, '.lock'), async () => {
    if (await exists(folder)) return;
    const work = `${folder}.part`;
    await rm(work, { recursive: true, force: true });
    try {
      await unpack(await download(join(work, 'packages')), join(work, 'root'));
      await settle(join(work, 'root'));
      await rename(join(work, 'root'), folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return { folder, version };
}

/** Downloads the packages and all they depend on, whatever this machine has installed. @returns the folder they are in */
async function download(folder: string): Promise<string> {
  await mkdir(join(folder, 'partial'), { recursive: true });
  const nothingInstalled = join(folder, 'status');
  await writeFile(nothingInstalled, '');
  const options = {
    'Dir::State::status': nothingInstalled,
    'Dir::Cache::archives': folder,
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': 'root',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', ['update', '-q']);
  await run('apt-get', [...flags, 'install', '-qy', '--no-install-recommends', '--download-only', ...packages]);
  return folder;
}

async function unpack(packagesFolder: string, root: string): Promise<void> {
  await makeFolder(root, 'usr');
  for (const name of merged) {
    await makeFolder(root, 'usr', name);
    await symlink(`usr/${name}`, join(root, name));
  }
  const files = (await readdir(packagesFolder)).filter((name) => name.endsWith('.deb')).sort();
  for (const file of files) {
    const part = onlyPart[file.split('_', 1).join()];
    const options = { env: { PATH: systemPath } };
    const excluded = leftOut.map((folder) => `--exclude=${folder}`);
    // Not buffered: unpacked, the largest package has 400 MB.
    await execa('dpkg-deb', ['--fsys-tarfile', join(packagesFolder, file)], {
      ...options,
      buffer: { stdout: false },
    }).pipe(
      'tar',
      ['-x', '--no-same-owner', '--keep-directory-symlink', '-C', root, ...excluded, ...(part ? [part] : [])],
      options,
    );
  }
}

/** What the packages' own scripts would do. */
async function settle(root: string): Promise<void> {
  for (const name of ['passwd', 'group']) {
    await writeFile(join(root, 'etc', name), await readFile(join(root, 'usr/share/base-passwd', `${name}.master`)));
  }
  await symlink('mawk', join(root, 'usr/bin/awk'));
  const bundle = await readFile('/etc/ssl/certs/ca-certificates.crt');
  await writeFile(join(await makeFolder(root, 'etc/ssl/certs'), 'ca-certificates.crt'), bundle);
  // Compiled beforehand, Ansible starts in a third of the time. In the image files have another time than here: it must not be compared.
  const compile = [
    '-m',
    'compileall',
    '-q',
    '--invalidation-mode',
    'unchecked-hash',
    '/usr/lib/python3',
    '/usr/lib/python3.11',
  ];
  await run('chroot', [root, '/usr/bin/python3', ...compile]);
}

/** Not by a recursive `readdir`: it goes through links to folders, so that everything would be there twice. */
async function entriesOf(root: string, version: string, folder = ''): Promise<ImageEntry[]> {
  const found = await readdir(join(root, folder), { withFileTypes: true });
  const entries = await Promise.all(
    found.map(async (entry): Promise<ImageEntry[]> => {
      const path = join(folder, entry.name);
      const file = join(root, path);
      if (entry.isSymbolicLink()) return [{ path, link: await readlink(file) }];
      if (entry.isDirectory()) return entriesOf(root, version, path);
      return entry.isFile() ? [{ path, file, version, mode: (await stat(file)).mode & 0o755 }] : [];
    }),
  );
  return entries.flat().sort((one, other) => (one.path < other.path ? -1 : 1));
}
