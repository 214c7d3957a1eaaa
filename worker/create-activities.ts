import { createCheckActivities } from '../activities/checks/index.js';
import { createCleanupActivities } from '../activities/cleanup/index.js';
import type { ActivityDependencies } from '../activities/dependencies.js';
import { createDirectVolumeActivities } from '../activities/direct-volumes/index.js';
import { createRecoveryActivities } from '../activities/recovery/settle-steps.js';
import { createRunActivities } from '../activities/runs/index.js';
import { createVeleroActivities } from '../activities/velero/index.js';
import { createVolumeActivities } from '../activities/volumes/index.js';
import { createWorkloadActivities } from '../activities/workloads/index.js';
import type { Activities } from '../workflows/activities.js';

/** Every activity, bound to its dependencies. */
export const createActivities = (deps: ActivityDependencies): Activities => ({
  ...createCheckActivities(deps),
  ...createCleanupActivities(deps),
  ...createDirectVolumeActivities(deps),
  ...createRecoveryActivities(),
  ...createRunActivities(deps),
  ...createVeleroActivities(deps),
  ...createVolumeActivities(deps),
  ...createWorkloadActivities(deps),
});
