import type { ActivityDependencies } from '../kit/dependencies.js';
import { cancelOtherMigrations } from './cancel-other-migrations.js';
import type { RollbackActivities } from './contract.js';
import { freezeRollback } from './freeze-rollback.js';
import { haltTarget } from './halt-target.js';
import { removeMigrated } from './remove-migrated.js';

export const createRollbackActivities = (deps: ActivityDependencies): RollbackActivities => ({
  cancelOtherMigrations: (input) => cancelOtherMigrations(deps.store, input),
  freezeRollback: (input) => freezeRollback(deps, input),
  haltTarget: (input) => haltTarget(deps, input),
  removeMigrated: (input) => removeMigrated(deps, input),
});
