import { expect, it } from 'vitest';
import * as workflows from '../../workflows/versioned.js';

/** Roots that a new build takes over while they are open; every other workflow is a run, or a step of one. */
const GO_OVER = ['reconcile', 'removePlan', 'removeStorage', 'sweep'];
const ROOTS_OF_RUNS = ['directVolumeMigration', 'migration', 'recover', 'scheduledMigration'];
const STEPS = [
  ...['backup', 'cleanup', 'directVolume', 'haltMigrated', 'prepare', 'prepareRollback', 'prepareVolumes', 'quiesce'],
  ...[
    'rehearsal',
    'removeMigrated',
    'restartSource',
    'restore',
    'runHook',
    'swapClaims',
    'transferVolume',
    'verification',
  ],
];

it('each workflow is decided on: it ends on the build that began it, or goes over to a new one', () => {
  expect(Object.keys(workflows).sort()).toEqual([...GO_OVER, ...ROOTS_OF_RUNS, ...STEPS].sort());
  const goingOver = Object.entries(workflows).filter(([, workflow]) => {
    const { workflowDefinitionOptions: options } = workflow as {
      workflowDefinitionOptions?: { versioningBehavior?: string };
    };
    return options?.versioningBehavior === 'AUTO_UPGRADE';
  });
  expect(goingOver.map(([name]) => name).sort()).toEqual(GO_OVER);
});
