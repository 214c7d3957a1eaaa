import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './machine/cgroups.js';
import { withLock } from './machine/lock.js';
import { unmountBelow } from './machine/mounts.js';
import { removeNetwork } from './machine/network.js';
import { removeSharedFiles } from './machine/shared-files.js';
import { orphanedSlot, recordedSlot, type Slot } from './machine/slot.js';
import { stateFolder } from './machine/state.js';

/**
 * Takes the lab down and leaves nothing on the machine but built programs and images, and the slot's number in `.lab/`.
 * It needs no record of what runs: control groups, mounts, namespaces and links are all found by the slot's names.
 */
export async function down(): Promise<void> {
  const slot = (await recordedSlot()) ?? (await orphanedSlot());
  if (slot) await withLock(join(stateFolder, 'lock'), () => removeLab(slot));
}

/** What `down` does, for a caller that holds the lab's lock. */
export async function removeLab(slot: Slot): Promise<void> {
  await removeCgroups(slot);
  for (const place of Object.values(slot.clusters)) await removeSharedFiles(place);
  await unmountBelow(slot.runFolder);
  await unmountBelow(stateFolder);
  await removeNetwork(slot);
  await rm(slot.runFolder, { recursive: true, force: true });
  await removeState();
}

async function removeState(): Promise<void> {
  const kept = new Set(['slot', 'lock']);
  for (const name of await readdir(stateFolder)) {
    if (!kept.has(name)) await rm(join(stateFolder, name), { recursive: true, force: true });
  }
}
