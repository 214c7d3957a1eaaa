import { provenanceLabels } from '../../../../../activities/kit/provenance.js';
import type { RunRecord } from '../../../../../resources/run/run-record.js';
import type { ActivityScene, SceneNames } from '../activity-scene.js';
import type { Play } from '../play.js';
import { claim, homelessPod, homelessWorkloads, object, runVolume } from './objects.js';

/** An application on the target of which a run made everything: namespace, claim, workloads, a pod without a controller. */
async function migrated(scene: ActivityScene): Promise<undefined> {
  const { record, run, lab } = scene;
  const labels = provenanceLabels(record);
  await scene.put('source', claim('data'));
  await scene.perform('provisionTargetVolume', { volume: record.volumes[0]?.id });
  const made = await scene.put(
    'target',
    ...homelessWorkloads(labels),
    object('ConfigMap', 'settings', { metadata: { name: 'settings', labels } }),
    object('Pod', 'tool', { metadata: { name: 'tool', labels }, spec: homelessPod() }),
  );
  const cluster = record.target.uid;
  await lab.temporary.store.runs.recordCreated(
    run,
    made.map(({ apiVersion, kind, metadata: { namespace, name, uid = '' } }) => {
      return { cluster, apiVersion, kind, namespace, name, uid };
    }),
  );
  return undefined;
}

const rollback = (names: SceneNames): Partial<RunRecord> => ({
  itinerary: 'Rollback',
  volumes: [runVolume(names, 'data')],
});

export const ROLLBACK_PLAYS: readonly Play[] = [
  { activity: 'haltTarget', record: rollback, prepare: migrated },
  {
    activity: 'removeMigrated',
    // To delete what goes already changes nothing.
    mayRepeat: /delete namespaces/,
    record: rollback,
    async prepare(scene) {
      await migrated(scene);
      await scene.perform('haltTarget');
      return undefined;
    },
  },
];
