import { createHash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withLock } from '../../../lab/machine/lock.js';
import { cacheFolder } from '../../../lab/machine/programs.js';
import { exists, makeFolder } from '../../../lab/machine/state.js';

/** The one module that the Go programs of the tests are built in, with the versions of client-go and controller-runtime that the lab has. */
const MODULE = fileURLToPath(new URL('../../api/clients/programs/', import.meta.url));

const PACKAGES = { controller: './controller', helm: 'helm.sh/helm/v3/cmd/helm' };

// As the lab builds its programs: what both are made of is compiled once.
const FLAGS = ['-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false', '-ldflags=-s -w'];

async function programsFolder(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([PACKAGES, FLAGS]));
  hash.update((await execa('go', ['env', 'GOVERSION', 'GOARCH'], { cwd: MODULE })).stdout);
  const entries = await readdir(MODULE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(await readFile(file));
  return makeFolder(cacheFolder, 'clients', hash.digest('hex').slice(0, 12));
}

/** The path of a program, which is built where it is missing. */
export async function clientProgram(name: keyof typeof PACKAGES): Promise<string> {
  const folder = await programsFolder();
  const program = path.join(folder, name);
  await withLock(path.join(folder, '.lock'), async () => {
    if (await exists(program)) return;
    const part = `${program}.part`;
    await execa('go', ['build', ...FLAGS, '-o', part, PACKAGES[name]], {
      cwd: MODULE,
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOGC: '400' },
    });
    await rename(part, program);
  });
  return program;
}

/** The folder of programs of a Python environment that has these packages, each as `name==version`; it is made where it is missing. */
export async function pythonPrograms(...packages: string[]): Promise<string> {
  const folder = await makeFolder(cacheFolder, 'python', packages.join('+'));
  await withLock(path.join(folder, '.lock'), async () => {
    const done = path.join(folder, 'installed');
    if (await exists(done)) return;
    await execa('python3', ['-m', 'venv', '--clear', path.join(folder, 'env')]);
    const pip = path.join(folder, 'env', 'bin', 'pip');
    await execa(pip, ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    await makeFolder(done);
  });
  return path.join(folder, 'env', 'bin');
}
