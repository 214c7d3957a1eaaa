import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ClusterName, StorageInput } from '../../activities/storage/contract.js';
import { objectChanged } from '../../temporal/contract/messages.js';
import { unboundedActivity, waitActivity } from '../kit/activities.js';

/** How often to check whether what stayed in a cluster can be removed; the signal triggers a check at once. */
const LOOK_AGAIN = '1 hour';

/**
 * What is removed before a deleted MigStorage is: its locations in the clusters. Where one has to stay for now it is removed later, when the
 * object is long gone.
 *
 * @param clusters where it has stayed, once the object is gone
 */
export async function removeStorage(storage: StorageInput, clusters?: ClusterName[]): Promise<void> {
  let changed = false;
  setHandler(objectChanged, () => {
    changed = true;
  });
  let places = clusters;
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    if (places) await condition(() => changed, LOOK_AGAIN);
    else await waitActivity('Wait until the migrations that use the storage have ended').waitForStorageUnused(storage);
    changed = false;
    const { left } = await waitActivity('Remove the storage from the clusters').removeStorageLocations({
      ...storage,
      ...(places && { clusters: places }),
    });
    if (!places) await unboundedActivity('Let the storage go').letStorageGo({ ...storage, left });
    places = left.map(({ cluster }) => cluster);
    if (places.length === 0) return;
  }
  await continueAsNew<typeof removeStorage>(storage, places);
}
