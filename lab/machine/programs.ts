import { createHash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ListrTask } from 'listr2';
import { withLock } from './lock.js';
import { run, systemPath } from './run.js';
import { exists, makeFolder } from './state.js';

const kubernetesVersion = 'v1.36.3';
const veleroVersion = 'v1.18.3';

interface Source {
  /** Folder in `programs/` with the go.mod and go.sum that pin everything the program is built from. */
  module: string;
  package: string;
  /** `-X` values: names and contents of string variables. */
  variables?: Record<string, string>;
}

const kubernetes = (command: string): Source => ({
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${command}`,
  variables: {
    'k8s.io/component-base/version.gitVersion': kubernetesVersion,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '36',
    'k8s.io/client-go/pkg/version.gitVersion': kubernetesVersion,
  },
});

const velero = (command: string): Source => ({
  module: 'velero',
  package: `github.com/vmware-tanzu/velero/cmd/${command}`,
  variables: { 'github.com/vmware-tanzu/velero/pkg/buildinfo.Version': veleroVersion },
});

const sources = {
  temporal: { module: 'temporal', package: 'github.com/temporalio/cli/cmd/temporal' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubectl: kubernetes('kubectl'),
  velero: velero('velero'),
  'velero-restore-helper': velero('velero-restore-helper'),
  'velero-plugin-for-aws': {
    module: 'velero-plugin-for-aws',
    package: 'github.com/vmware-tanzu/velero-plugin-for-aws/velero-plugin-for-aws',
  },
  versitygw: { module: 'versitygw', package: 'github.com/versity/versitygw/cmd/versitygw' },
  registry: { module: 'registry', package: 'github.com/distribution/distribution/v3/cmd/registry' },
  coredns: { module: 'coredns', package: 'github.com/coredns/coredns' },
  'local-path-provisioner': {
    module: 'local-path-provisioner',
    package: 'github.com/rancher/local-path-provisioner',
  },
} satisfies Record<string, Source>;

export type ProgramName = keyof typeof sources;
const programNames = Object.keys(sources) as ProgramName[];

const modulesFolder = fileURLToPath(new URL('programs/', import.meta.url));

/** Built programs and images outlive checkouts: `LAB_CACHE`, or a folder in the user's cache. */
export const cacheFolder = process.env.LAB_CACHE ?? join(homedir(), '.cache', 'migration-toolkit');

function linkerFlags(source: Source): string {
  const variables = Object.entries(source.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ['-s', '-w', ...variables].join(' ');
}

let folder: Promise<string> | undefined;

/** The folder of the built programs: it has the hash of all they are made from in its name. */
export function programsFolder(): Promise<string> {
  folder ??= findProgramsFolder();
  return folder;
}

async function findProgramsFolder(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(sources));
  hash.update(await run('go', ['env', 'GOVERSION', 'GOARCH'], { cwd: modulesFolder }));
  for (const module of (await readdir(modulesFolder)).sort()) {
    hash.update(await readFile(join(modulesFolder, module, 'go.mod')));
    hash.update(await readFile(join(modulesFolder, module, 'go.sum')));
  }
  return join(cacheFolder, 'programs', hash.digest('hex').slice(0, 12));
}

export async function programPath(name: ProgramName): Promise<string> {
  return join(await programsFolder(), name);
}

async function isBuilt(name: ProgramName): Promise<boolean> {
  return exists(await programPath(name));
}

/** One task per program that is still to be built. Cold, all of them take about 20 minutes on two cores. */
export async function buildTasks(): Promise<ListrTask[]> {
  const built = await Promise.all(programNames.map(isBuilt));
  return programNames
    .filter((_, index) => !built[index])
    .map((name) => ({
      title: `Build ${name}`,
      task: (_context, task) =>
        build(name, (packages) => {
          task.output = `${packages} packages compiled`;
        }),
    }));
}

/** Builds one program, unless another run has built it by the time the lock is ours. */
async function build(name: ProgramName, onProgress: (packages: number) => void): Promise<void> {
  const source: Source = sources[name];
  const path = await programPath(name);
  await makeFolder(dirname(path));
  await withLock(join(dirname(path), '.lock'), async () => {
    if (await isBuilt(name)) return;
    const flags = ['-v', '-trimpath', '-buildvcs=false', `-p=${availableParallelism()}`];
    const compiler = execa(
      'go',
      ['build', ...flags, `-ldflags=${linkerFlags(source)}`, '-o', `${path}.part`, source.package],
      {
        cwd: join(modulesFolder, source.module),
        env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', PATH: systemPath },
      },
    );
    let packages = 0;
    for await (const _ of compiler.iterable({ from: 'stderr' })) {
      if (++packages % 100 === 0) onProgress(packages);
    }
    await compiler;
    await rename(`${path}.part`, path);
  });
}
