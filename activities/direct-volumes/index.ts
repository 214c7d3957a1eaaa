import type { ActivityDependencies } from '../kit/dependencies.js';
import type { DirectVolumeActivities } from './contract.js';
import { freezeVolumes } from './freeze-volumes.js';

export const createDirectVolumeActivities = (deps: ActivityDependencies): DirectVolumeActivities => ({
  freezeVolumes: (input) => freezeVolumes(deps, input),
});
