import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Slot } from './slot.js';
import { exists, makeFolder } from './state.js';

const root = '/sys/fs/cgroup';

/** Mounts of control group hierarchies: the one of version 2, or one per controller of version 1. */
async function hierarchies(): Promise<string[]> {
  if (await exists(join(root, 'cgroup.controllers'))) return [root];
  const candidates = (await readdir(root)).map((name) => join(root, name));
  const mounted = await Promise.all(candidates.map((folder) => exists(join(folder, 'cgroup.procs'))));
  return candidates.filter((_, index) => mounted[index]);
}

/** The hierarchy that tells which processes are the lab's: every one of them, pods included, is below its group there. */
async function trackingHierarchy(): Promise<string> {
  return (await hierarchies()).find((folder) => folder.endsWith('/pids')) ?? root;
}

/** The file into which a process of the lab writes its id first. */
export async function processesFile(slot: Slot): Promise<string> {
  // A group of its own: in version 2 a group with children may hold no processes.
  return join(await trackingHierarchy(), slot.cgroup, 'lab', 'cgroup.procs');
}

/** Makes the lab's group and one per cluster, into which its kubelet puts the pods. */
export async function ensureCgroups(slot: Slot): Promise<void> {
  const groups = [slot.cgroup, join(slot.cgroup, 'lab'), ...Object.values(slot.clusters).map((place) => place.cgroup)];
  for (const hierarchy of await hierarchies()) {
    for (const group of groups) {
      const folder = await makeFolder(hierarchy, group);
      if (hierarchy === root) await delegateControllers(join(folder, '..'));
      // A new cpuset of version 1 is empty, and what is put into it cannot run.
      if (hierarchy.endsWith('/cpuset')) await inheritCpuset(folder);
    }
  }
}

const kubeletControllers = ['cpu', 'cpuset', 'io', 'memory', 'pids'];

async function delegateControllers(folder: string): Promise<void> {
  const offered = (await readFile(join(folder, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const wanted = offered.filter((name) => kubeletControllers.includes(name));
  await writeFile(join(folder, 'cgroup.subtree_control'), wanted.map((name) => `+${name}`).join(' '));
}

async function inheritCpuset(folder: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(folder, file), await readFile(join(folder, '..', file), 'utf8'));
  }
}

async function groupsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const children = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  return [...(await Promise.all(children.map(groupsBelow))).flat(), folder];
}

/** Ends every process of the lab at once, whoever started it, and removes its groups. */
export async function removeCgroups(slot: Slot): Promise<void> {
  const tracked = join(await trackingHierarchy(), slot.cgroup);
  for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
    const lists = await Promise.all((await groupsBelow(tracked)).map(processesOf));
    const processes = lists.flat();
    if (processes.length === 0) break;
    if (Date.now() > deadline) throw new Error(`These processes cannot be ended: ${processes.join(' ')}`);
    for (const id of processes) endProcess(id);
  }
  for (const hierarchy of await hierarchies()) {
    for (const folder of await groupsBelow(join(hierarchy, slot.cgroup))) await removeGroup(folder);
  }
}

async function processesOf(group: string): Promise<number[]> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The kernel lets go of a group a moment after its last process. */
async function removeGroup(folder: string): Promise<void> {
  for (const deadline = Date.now() + 5_000; await exists(folder); await sleep(20)) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
