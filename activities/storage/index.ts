import type { ActivityDependencies } from '../kit/dependencies.js';
import type { StorageActivities } from './contract.js';
import { letStorageGo } from './let-storage-go.js';
import { removeStorageLocations } from './remove-storage-locations.js';
import { waitForStorageUnused } from './wait-for-storage-unused.js';

export const createStorageActivities = (deps: ActivityDependencies): StorageActivities => ({
  waitForStorageUnused: (input) => waitForStorageUnused(deps, input),
  removeStorageLocations: (input) => removeStorageLocations(deps, input),
  letStorageGo: (input) => letStorageGo(deps, input),
});
