import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './cgroups.js';
import { withLock } from './lock.js';
import { unmountBelow } from './mounts.js';
import { removeNetwork } from './network.js';
import { recordedSlot, type Slot } from './slot.js';
import { stateFolder } from './state.js';

/**
 * Takes the lab down and leaves nothing on the machine but built programs and images, and the slot's number in `.lab/`.
 * It needs no record of what runs: control groups, mounts, namespaces and links are all found by the slot's names.
 */
export async function down(): Promise<void> {
  const slot = await recordedSlot();
  if (!slot) return;
  await withLock(join(stateFolder, 'lock'), async () => {
    await removeCgroups(slot);
    await removeShimSockets(slot);
    await unmountBelow(slot.runFolder);
    await unmountBelow(stateFolder);
    await removeNetwork(slot);
    await rm(slot.runFolder, { recursive: true, force: true });
    await removeState();
  });
}

/** containerd's shims keep their sockets in a folder all containerds share, and note where. */
async function removeShimSockets(slot: Slot): Promise<void> {
  for (const place of Object.values(slot.clusters)) {
    const tasks = join(place.runFolder, 'containerd', 'io.containerd.runtime.v2.task', 'k8s.io');
    for (const task of await readdir(tasks).catch(() => [])) {
      const address = await readFile(join(tasks, task, 'address'), 'utf8').catch(() => '');
      if (address.startsWith('unix://')) await rm(address.slice('unix://'.length), { force: true });
    }
  }
}

async function removeState(): Promise<void> {
  const kept = new Set(['slot', 'lock']);
  for (const name of await readdir(stateFolder)) {
    if (!kept.has(name)) await rm(join(stateFolder, name), { recursive: true, force: true });
  }
}
