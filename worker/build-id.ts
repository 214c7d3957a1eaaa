import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What determines a worker's behavior. */
const SOURCES = [
  'package-lock.json',
  'resources',
  'workflows',
  'activities',
  'clusters',
  'object-storage',
  'migrations-db',
  'temporal',
  'worker',
];

/** Part of the build, beside the bundle. */
const BUILD_ID_FILE = fileURLToPath(new URL('../build-id', import.meta.url));

/** `<version>-<hash of the sources>`: the same sources are the same build, whichever machine makes it. */
export async function buildIdOf(checkout: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(checkout, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  for (const file of (await Promise.all(SOURCES.map((source) => filesIn(checkout, source)))).flat()) {
    hash.update(`${file}\0`).update(await readFile(path.join(checkout, file)));
  }
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
}

async function filesIn(checkout: string, source: string): Promise<string[]> {
  if (source.endsWith('.json')) return [source];
  const files = await readdir(path.join(checkout, source), { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => path.posix.join(source, ...file.split(path.sep)))
    .sort();
}

export async function writeBuildId(): Promise<void> {
  await writeFile(BUILD_ID_FILE, await buildIdOf(fileURLToPath(new URL('../../', import.meta.url))));
}

/** Build id of the running program. */
export const readBuildId = (): Promise<string> => readFile(BUILD_ID_FILE, 'utf8');
