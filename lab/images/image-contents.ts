import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compareVersions, oldestRsync, rsyncVersion } from '../machine/debian-packages.js';
import { type ProgramName, programPath } from '../machine/programs.js';
import { run } from '../machine/run.js';
import { checkout } from '../machine/state.js';
import type { Image, ImageEntry } from './docker-archive.js';

/** A shell and the usual small programs; as it is, the pause container and the volume provisioner's helper. */
export async function baseImage(): Promise<Image> {
  return { entries: await busybox(), entrypoint: ['/bin/sleep', 'infinity'] };
}

export async function veleroImage(): Promise<Image> {
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  return {
    entries: [
      { path: 'tmp', directory: true, mode: 0o1777 },
      await builtProgram('velero', 'velero'),
      await builtProgram('velero-restore-helper', 'velero-restore-helper'),
      { path: certificates.slice(1), file: certificates, mode: 0o644 },
    ],
    entrypoint: ['/velero'],
  };
}

/** Velero runs a plugin's image as an init container that copies the plugin to /target. */
export async function pluginImage(): Promise<Image> {
  const plugin = 'velero-plugin-for-aws';
  return {
    entries: [...(await busybox()), await builtProgram(`plugins/${plugin}`, plugin)],
    entrypoint: ['/bin/cp', `/plugins/${plugin}`, `/target/${plugin}`],
  };
}

/** The same as `images/transfer/Containerfile` makes, from this machine's Debian packages. */
export async function transferImage(): Promise<Image> {
  const version = rsyncVersion(await run('rsync', ['--version']));
  if (compareVersions(version, oldestRsync) < 0) {
    throw new Error(`The transfer image needs rsync ${oldestRsync} or later; this machine has ${version}.`);
  }
  const programs = ['bash', 'find', 'flock', 'openssl', 'rsync', 'sha256sum', 'sort', 'stat', 'stunnel4', 'timeout'];
  const files = await withLibraries(await Promise.all(programs.map(findProgram)));
  // stunnel's threads load it when they end, so that `ldd` doesn't list it.
  const unwinder = '/lib/x86_64-linux-gnu/libgcc_s.so.1';
  return {
    entries: [
      ...(await busybox()),
      ...files.filter((file) => file !== unwinder).map(sameplace),
      sameplace(unwinder),
      { path: 'usr/bin/stunnel', link: 'stunnel4' },
      ...(await scripts('transfer')),
    ],
  };
}

export async function sampleAppImage(): Promise<Image> {
  return { entries: [...(await busybox()), ...(await scripts('sample-app'))] };
}

/** The name of the folder of built programs is the hash of what they are built from. */
export async function builtProgram(path: string, name: ProgramName): Promise<ImageEntry> {
  const file = await programPath(name);
  return { path, file, version: basename(dirname(file)) };
}

/** A file of this machine at the same place in the image. */
const sameplace = (file: string): ImageEntry => ({ path: file.slice(1), file });

const findProgram = (name: string) => run('which', [name]);

/** Debian's static busybox is sound but for what resolves names, which crashes; these are left out. */
const brokenApplets = new Set(
  'arping ftpget ftpput httpd nc netstat nslookup ping ping6 ssl_client telnet tftp traceroute traceroute6 udhcpc udhcpc6 udhcpd wget whois'.split(
    ' ',
  ),
);

async function busybox(): Promise<ImageEntry[]> {
  const applets = (await run('busybox', ['--list'])).split('\n');
  return [
    { path: 'tmp', directory: true, mode: 0o1777 },
    { path: 'root', directory: true, mode: 0o700 },
    // cspell:disable-next-line
    { path: 'etc/passwd', text: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n', mode: 0o644 },
    { path: 'etc/group', text: 'root:x:0:\nnogroup:x:65534:\n', mode: 0o644 },
    { path: 'bin/busybox', file: await findProgram('busybox') },
    ...applets
      .filter((name) => name !== 'busybox' && !brokenApplets.has(name))
      .map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
  ];
}

/** Programs and the libraries `ldd` finds for them, each at its place on this machine. */
async function withLibraries(programs: string[]): Promise<string[]> {
  const listing = await run('ldd', programs);
  const libraries = [...listing.matchAll(/(?:=> |\t)(\/\S+) \(/g)].map((match) => match[1] ?? '');
  return [...new Set([...programs, ...libraries])].sort();
}

/** The scripts of an image of this project. */
async function scripts(image: string): Promise<ImageEntry[]> {
  const folder = join(checkout, 'images', image, 'scripts');
  const names = (await readdir(folder).catch(() => [])).sort();
  return names.map((name) => ({ path: `usr/local/bin/${basename(name)}`, file: join(folder, name) }));
}
