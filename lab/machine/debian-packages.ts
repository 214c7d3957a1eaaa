import { readdir, rm, writeFile } from 'node:fs/promises';
import { run, succeeds } from './run.js';
import { exists } from './state.js';

/** Package → why the lab needs it. */
const packages = {
  containerd: 'runs the containers of both clusters',
  runc: 'starts each of them',
  'etcd-server': 'the clusters’ database',
  'containernetworking-plugins': 'pod networks',
  iptables: 'Services, and cutting traffic in tests',
  iproute2: 'bridge, namespaces, links',
  procps: 'sysctl inside a namespace',
  'docker-registry': 'the image registry',
  skopeo: 'fills it',
  rsync: 'goes into the transfer image',
  stunnel4: 'goes into the transfer image',
  openssl: 'goes into the transfer image',
  bash: 'goes into the transfer image',
  'busybox-static': 'goes into every image',
  'ca-certificates': 'goes into the Velero image',
};

/** The first rsync without the daemon vulnerabilities published in 2026. */
export const oldestRsync = '3.5.0';

/** Compares versions such as `3.5.0` number by number: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The version in the first line of `rsync --version`, e.g. `3.5.0`. */
export function rsyncVersion(versionText: string): string {
  const version = /rsync\s+version v?(\d+(?:\.\d+)+)/.exec(versionText)?.[1];
  if (!version) throw new Error(`rsync --version printed no version: ${versionText.slice(0, 80)}`);
  return version;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's
const dpkgFormat = '${db:Status-Status} ${Package}\\n';

/** The packages still to be installed, or to be upgraded. */
export async function missingPackages(): Promise<string[]> {
  const listing = await run('dpkg-query', ['-W', '-f', dpkgFormat], { reject: false });
  const installed = new Set(listing.split('\n').flatMap((line) => line.match(/^installed (.+)$/)?.[1] ?? []));
  const missing = Object.keys(packages).filter((name) => !installed.has(name));
  if (installed.has('rsync') && compareVersions(rsyncVersion(await run('rsync', ['--version'])), oldestRsync) < 0) {
    missing.push('rsync');
  }
  return missing;
}

const policyFile = '/usr/sbin/policy-rc.d';

/**
 * Installs Debian packages and leaves no system service behind: some of them start and enable one
 * (containerd, etcd), which would run beside the lab's own.
 */
export async function installPackages(names: string[]): Promise<void> {
  if (!(await succeeds('apt-get', ['--version']))) {
    throw new Error(`The lab needs Debian 12 (apt-get). Missing here: ${names.join(', ')}`);
  }
  const hasPolicy = await exists(policyFile);
  // invoke-rc.d asks this script whether it may start a service; 101 means no.
  if (!hasPolicy) await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const before = await systemUnits();
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-qy', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', ...names], {
      env,
      stdin: 'ignore',
    });
    const added = (await systemUnits()).filter((unit) => !before.includes(unit));
    if (added.length > 0) await run('systemctl', ['disable', ...added], { reject: false });
  } finally {
    if (!hasPolicy) await rm(policyFile);
  }
}

async function systemUnits(): Promise<string[]> {
  const names = await readdir('/lib/systemd/system').catch(() => []);
  return names.filter((name) => name.endsWith('.service') && !name.includes('@'));
}
