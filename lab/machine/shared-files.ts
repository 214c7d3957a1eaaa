import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPlace } from './slot.js';

/**
 * Removes the few files of a cluster that are in folders all kubelets and containerds of a machine share:
 * shims' sockets, cached results of the pod network, links to pods' logs.
 */
export async function removeSharedFiles(place: ClusterPlace): Promise<void> {
  const tasks = join(place.runFolder, 'containerd', 'io.containerd.runtime.v2.task', 'k8s.io');
  for (const task of await list(tasks)) {
    const address = await readFile(join(tasks, task, 'address'), 'utf8').catch(() => '');
    if (address.startsWith('unix://')) await rm(address.slice('unix://'.length), { force: true });
  }
  const sandboxes = await list(join(place.folder, 'containerd', 'io.containerd.grpc.v1.cri', 'sandboxes'));
  const results = '/var/lib/cni/results';
  for (const name of await list(results)) {
    if (sandboxes.some((sandbox) => name.includes(sandbox))) await rm(join(results, name));
  }
  const logs = '/var/log/containers';
  for (const name of await list(logs)) {
    const target = await readlink(join(logs, name)).catch(() => '');
    if (target.startsWith(`${place.folder}/`)) await rm(join(logs, name));
  }
}

const list = (folder: string) => readdir(folder).catch((): string[] => []);
