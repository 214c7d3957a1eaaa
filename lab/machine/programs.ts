import { createHash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ListrTask } from 'listr2';
import { withLock } from './lock.js';
import { run, systemPath } from './run.js';
import { exists, makeFolder } from './state.js';

const kubernetesVersion = 'v1.36.3';
const veleroVersion = 'v1.18.3';

/** Where each program's main package is; one that begins with a dot is in `programs/` itself. */
const packages = {
  temporal: 'github.com/temporalio/cli/cmd/temporal',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubelet: 'k8s.io/kubernetes/cmd/kubelet',
  'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
  coredns: './coredns',
  'local-path-provisioner': 'github.com/rancher/local-path-provisioner',
  versitygw: './versitygw',
  velero: 'github.com/vmware-tanzu/velero/cmd/velero',
  'velero-restore-helper': 'github.com/vmware-tanzu/velero/cmd/velero-restore-helper',
  'velero-plugin-for-aws': 'github.com/vmware-tanzu/velero-plugin-for-aws/velero-plugin-for-aws',
};

export type ProgramName = keyof typeof packages;

export const programNames = Object.keys(packages) as ProgramName[];

/** A lab that does without Velero does without these. */
const veleroPrograms: ProgramName[] = ['velero', 'velero-restore-helper', 'velero-plugin-for-aws'];

/**
 * Built one by one, before the rest. Others than the lab need nothing but the first or the second: `npm start` and the
 * API's tests. The third writes the name of a package that Velero has too with a capital letter, which Go refuses to
 * have in one build.
 */
const alone: ProgramName[] = ['temporal', 'kubectl', 'local-path-provisioner'];

/** String variables that tell programs their version; a program without such a variable ignores it. */
const variables = {
  'k8s.io/component-base/version.gitVersion': kubernetesVersion,
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
  'k8s.io/client-go/pkg/version.gitVersion': kubernetesVersion,
  'github.com/vmware-tanzu/velero/pkg/buildinfo.Version': veleroVersion,
};

const flags = [
  '-trimpath',
  '-buildvcs=false',
  // Data for debuggers costs the compiler a sixth of its time. Stack traces of panics don't need it.
  '-gcflags=all=-dwarf=false',
  `-ldflags=-s -w ${Object.entries(variables)
    .map(([name, value]) => `-X ${name}=${value}`)
    .join(' ')}`,
];

/** Built programs and images outlive checkouts: `LAB_CACHE`, or a folder in the user's cache. */
export const cacheFolder = process.env.LAB_CACHE ?? join(homedir(), '.cache', 'migration-toolkit');

/** The module all programs are built in. */
const moduleFolder = fileURLToPath(new URL('programs/', import.meta.url));

let folder: Promise<string> | undefined;

/** The folder of the built programs: it has the hash of all they are made from in its name. */
export function programsFolder(): Promise<string> {
  folder ??= findProgramsFolder();
  return folder;
}

async function findProgramsFolder(): Promise<string> {
  const cwd = moduleFolder;
  const hash = createHash('sha256').update(JSON.stringify([packages, flags]));
  hash.update(await run('go', ['env', 'GOVERSION', 'GOARCH'], { cwd }));
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(await readFile(file));
  return join(cacheFolder, 'programs', hash.digest('hex').slice(0, 12));
}

export async function programPath(name: ProgramName): Promise<string> {
  return join(await programsFolder(), name);
}

async function missing(names: readonly ProgramName[]): Promise<ProgramName[]> {
  const built = await Promise.all(names.map(async (name) => exists(await programPath(name))));
  return names.filter((_, index) => !built[index]);
}

/** What to build in one go: Go then reads the module once, and compiles and links side by side. */
function batches(names: readonly ProgramName[]): ProgramName[][] {
  const rest = names.filter((name) => !alone.includes(name));
  return [...alone.filter((name) => names.includes(name)).map((name) => [name]), rest].filter(
    (batch) => batch.length > 0,
  );
}

/** Builds those of the programs that are still to be built. */
export async function buildPrograms(names: readonly ProgramName[]): Promise<void> {
  for (const batch of batches(await missing(names))) await build(batch);
}

/** The same as tasks, which show how far they are. */
export async function buildTasks(names: readonly ProgramName[]): Promise<ListrTask[]> {
  return batches(await missing(names)).map((batch) => ({
    title: `Build ${batch.join(', ')}`,
    task: (_context, task) =>
      build(batch, (packages) => {
        task.output = `${packages} packages compiled`;
      }),
  }));
}

/** Builds a batch, but for what another run has built by the time the lock is ours. */
async function build(batch: ProgramName[], onProgress: (packages: number) => void = () => undefined): Promise<void> {
  const folder = await makeFolder(await programsFolder());
  await withLock(join(folder, '.lock'), async () => {
    const wanted = await missing(batch);
    if (wanted.length === 0) return;
    const parts = await makeFolder(folder, '.part');
    const compiler = execa(
      'go',
      [
        'build',
        '-v',
        `-p=${availableParallelism()}`,
        ...flags,
        '-o',
        `${parts}/`,
        ...wanted.map((name) => packages[name]),
      ],
      {
        cwd: moduleFolder,
        // The compiler spends a tenth less time when it collects its garbage less often, for some 200 MB more memory.
        env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOGC: '400', PATH: systemPath },
      },
    );
    let compiled = 0;
    for await (const _ of compiler.iterable({ from: 'stderr' })) {
      if (++compiled % 100 === 0) onProgress(compiled);
    }
    await compiler;
    for (const name of wanted) await rename(join(parts, name), join(folder, name));
  });
}
