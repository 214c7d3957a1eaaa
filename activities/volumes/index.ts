import type { ActivityDependencies } from '../kit/dependencies.js';
import type { VolumeActivities } from './contract.js';
import { takeCopyPlace } from './copy-place.js';
import { copyVolume } from './copy-volume.js';
import { moverOf } from './movers.js';
import { provisionTargetVolume } from './provision-target-volume.js';
import { loadVolumeRun } from './volume-run.js';

export const createVolumeActivities = (deps: ActivityDependencies): VolumeActivities => ({
  takeCopyPlace: (input) => takeCopyPlace(deps, input),
  leaveCopyPlace: ({ run, volume }) => deps.store.copyPlaces.release(run, volume),
  provisionTargetVolume: (input) => provisionTargetVolume(deps, input),
  async prepareVolume(input) {
    const volumeRun = await loadVolumeRun(deps, input);
    return moverOf(volumeRun.volume).prepare(volumeRun);
  },
  copyVolume: (input) => copyVolume(deps, input),
  async removeVolumeHelpers(input) {
    const volumeRun = await loadVolumeRun(deps, input, 'tidy');
    await moverOf(volumeRun.volume).remove(volumeRun, input);
  },
});
