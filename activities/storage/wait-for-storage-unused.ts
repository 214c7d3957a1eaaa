import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { somethingChanged } from '../kit/something-changed.js';
import type { StorageInput } from './contract.js';

const LEAST_PAUSE_MS = 250;

/** A run reads its storage until its end; the plans see that it is being deleted, and begin no other. */
export async function waitForStorageUnused({ store }: ActivityDependencies, storage: StorageInput): Promise<void> {
  const wait = {
    waitingFor: 'the migrations that use the replication repository to end',
    where: `MigStorage ${storage.name}`,
  };
  await withPulse(wait, async ({ signal, observe }) => {
    for (;;) {
      const open = (await store.runs.open()).filter(({ record }) => record?.storage.uid === storage.uid);
      if (open.length === 0) return;
      observe(`Under way: ${open.map(({ ref }) => `${ref.namespace}/${ref.name}`).join(', ')}.`);
      await somethingChanged(store, { leastPauseMs: LEAST_PAUSE_MS, signal });
    }
  });
}
