import { FAILURE, StepFailure } from '../resources/meta/failure.js';
import type { CallOptions, ObjectStore, StorageAccess } from './object-store.js';
import { openStore } from './open-store.js';

/** Not a folder: Velero declares a bucket invalid while it sees folders on the top level that are not its own. */
const PROBE_KEY = 'openshift-migration-probe-';
const PROBE = new Uint8Array([1]);

/**
 * Writes, reads and deletes an object of one byte, as every migration has to.
 *
 * @param storageUid uid of the MigStorage; in the name of the object, so that one probe takes away what a killed one has left
 * @throws StepFailure with what failed and what to change
 */
export async function probeStorage(access: StorageAccess, storageUid: string, options?: CallOptions): Promise<void> {
  const store = openStore(access);
  const key = PROBE_KEY + storageUid;
  try {
    await store.write(key, PROBE, options);
    await readBack(store, key, access, options).catch(async (error: unknown) => {
      // Without the signal, so that an aborted probe leaves nothing behind; the first failure is the one to tell.
      await store.remove(key).catch(() => undefined);
      throw error;
    });
    await store.remove(key, options);
  } finally {
    store.close();
  }
}

async function readBack(store: ObjectStore, key: string, access: StorageAccess, options?: CallOptions): Promise<void> {
  const read = await store.readStart(key, PROBE.length + 1, options);
  if (read.length !== PROBE.length || read[0] !== PROBE[0]) {
    throw new StepFailure({
      type: FAILURE.Refused,
      what: `The store returned ${read.length} bytes instead of the one byte that was written`,
      where: `MigStorage ${access.name}`,
      why: 'It does not store what it receives, or something on the way changes it.',
      next: 'Use a store with read-after-write consistency; check proxies and gateways on the way.',
    });
  }
}
