import { LABELS } from '../../../../../resources/meta/labels.js';
import type { ActivityScene } from '../activity-scene.js';
import type { Play } from '../play.js';
import { homelessPod, homelessWorkloads, object } from './objects.js';

async function applicationOnSource(scene: ActivityScene): Promise<undefined> {
  await scene.put('source', ...homelessWorkloads());
}

/** As a run has restored and started it. */
export async function applicationOnTarget(scene: ActivityScene): Promise<undefined> {
  const labels = { [LABELS.migratedByPlan]: scene.record.plan.uid };
  await scene.makeNamespace('target');
  await scene.put('target', ...homelessWorkloads(labels));
}

export const WORKLOAD_PLAYS: readonly Play[] = [
  { activity: 'quiesceApplications', prepare: applicationOnSource },
  {
    activity: 'unquiesceSource',
    state: 'Unwinding',
    async prepare(scene) {
      await applicationOnSource(scene);
      await scene.perform('quiesceApplications');
      return undefined;
    },
  },
  {
    activity: 'startTarget',
    async prepare(scene) {
      await applicationOnTarget(scene);
      await scene.performAs(await scene.otherRun('former', 'Unwinding'), 'confirmTargetDown');
      await scene.put('source', object('Pod', 'tool', { spec: homelessPod() }));
      return undefined;
    },
  },
  { activity: 'confirmTargetDown', state: 'Unwinding', prepare: applicationOnTarget },
];
