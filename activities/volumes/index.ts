import type { ActivityDependencies } from '../kit/dependencies.js';
import { closeEndpoint } from './close-endpoint.js';
import type { VolumeActivities } from './contract.js';
import { openEndpoint } from './open-endpoint.js';
import { provisionTargetVolume } from './provision-target-volume.js';
import { transferVolume } from './transfer-volume.js';

export const createVolumeActivities = (deps: ActivityDependencies): VolumeActivities => ({
  provisionTargetVolume: (input) => provisionTargetVolume(deps, input),
  openEndpoint: (input) => openEndpoint(deps, input),
  transferVolume: (input) => transferVolume(deps, input),
  closeEndpoint: (input) => closeEndpoint(deps, input),
});
