import type { ActivityDependencies } from '../kit/dependencies.js';
import type { VeleroActivities } from './contract.js';
import { copyBackupToTarget } from './copy-backup-to-target.js';
import { createBackup } from './create-backup.js';
import { createRestore } from './create-restore.js';
import { ensureBackupLocations } from './ensure-backup-locations.js';
import { removeLeftovers } from './remove-leftovers.js';
import { restoreAgain } from './restore-again.js';
import { waitForBackup } from './wait-for-backup.js';
import { waitForRestore } from './wait-for-restore.js';
import { waitForRestoreIdle } from './wait-for-restore-idle.js';

export const createVeleroActivities = (deps: ActivityDependencies): VeleroActivities => ({
  ensureBackupLocations: (input) => ensureBackupLocations(deps, input),
  createBackup: (input) => createBackup(deps, input),
  waitForBackup: (input) => waitForBackup(deps, input),
  copyBackupToTarget: (input) => copyBackupToTarget(deps, input),
  removeLeftovers: (input) => removeLeftovers(deps, input),
  createRestore: (input) => createRestore(deps, input),
  waitForRestore: (input) => waitForRestore(deps, input),
  restoreAgain: (input) => restoreAgain(deps, input),
  waitForRestoreIdle: (input) => waitForRestoreIdle(deps, input),
});
