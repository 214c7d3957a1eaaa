import type { RunRecord } from '../../../../../resources/run/run-record.js';
import { fromEnvironment } from '../../../system/system.js';
import type { ActivityScene, SceneNames } from '../activity-scene.js';
import type { Play } from '../play.js';
import { object } from './objects.js';

const PHASE = 'PreBackup';

const oneHook = ({ id, namespace }: SceneNames): Partial<RunRecord> => ({
  hooks: [
    {
      phase: PHASE,
      name: 'drain',
      uid: `${id}-hook`,
      cluster: 'source',
      image: fromEnvironment('TRANSFER_IMAGE'),
      playbook: Buffer.from('- hosts: localhost\n').toString('base64'),
      executionNamespace: namespace.source,
      serviceAccount: 'default',
      activeDeadlineSeconds: 1_800,
      onFailure: 'Fail',
    },
  ],
});

/** The Jobs of hooks get no pods. */
async function noPods(scene: ActivityScene): Promise<void> {
  await scene.put('source', object('ResourceQuota', 'no-pods', { spec: { hard: { pods: '0' } } }));
}

export const HOOK_PLAYS: readonly Play[] = [
  {
    activity: 'startHook',
    record: oneHook,
    async prepare(scene) {
      await noPods(scene);
      return { phase: PHASE };
    },
  },
  {
    activity: 'removeHook',
    record: oneHook,
    async prepare(scene) {
      await noPods(scene);
      await scene.perform('startHook', { phase: PHASE });
      return { phase: PHASE };
    },
  },
];
