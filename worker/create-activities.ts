import { createClaimActivities } from '../activities/claims/index.js';
import { createCleanupActivities } from '../activities/cleanup/index.js';
import { createDirectVolumeActivities } from '../activities/direct-volumes/index.js';
import { createHookActivities } from '../activities/hooks/index.js';
import type { ActivityDependencies } from '../activities/kit/dependencies.js';
import { createLeftoverActivities } from '../activities/plan/index.js';
import { createCheckActivities } from '../activities/reconcile/index.js';
import { createRollbackActivities } from '../activities/rollback/index.js';
import { createRunActivities } from '../activities/run/index.js';
import { createScheduleActivities } from '../activities/schedules/index.js';
import { createStorageActivities } from '../activities/storage/index.js';
import { createVeleroActivities } from '../activities/velero/index.js';
import { createVolumeActivities } from '../activities/volumes/index.js';
import { createWorkloadActivities } from '../activities/workloads/index.js';
import type { Activities } from '../workflows/kit/activities.js';

/** Every activity, bound to its dependencies. */
export const createActivities = (deps: ActivityDependencies): Activities => ({
  ...createCheckActivities(deps),
  ...createClaimActivities(deps),
  ...createCleanupActivities(deps),
  ...createDirectVolumeActivities(deps),
  ...createHookActivities(deps),
  ...createLeftoverActivities(deps),
  ...createRollbackActivities(deps),
  ...createRunActivities(deps),
  ...createScheduleActivities(deps),
  ...createStorageActivities(deps),
  ...createVeleroActivities(deps),
  ...createVolumeActivities(deps),
  ...createWorkloadActivities(deps),
});
