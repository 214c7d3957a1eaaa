import { SYSTEM_ACTOR } from '../../../../../migrations-db/migration-store.js';
import { findKind } from '../../../../../resources/kinds/index.js';
import type { KubeObject } from '../../../../../resources/meta/kube-object.js';
import { ANNOTATIONS, API_VERSION } from '../../../../../resources/meta/labels.js';
import type { RunRecord } from '../../../../../resources/run/run-record.js';
import type { ActivityScene } from '../activity-scene.js';
import type { Play } from '../play.js';
import { claim, endOf } from './objects.js';
import { allHelpers, oneVolume } from './volumes.js';

/** Changes the scene's MigPlan in the store as the API does for its user. */
async function editPlan({ lab, record }: ActivityScene, change: (plan: KubeObject) => KubeObject): Promise<void> {
  const { namespace, name } = record.plan;
  await lab.temporary.store.resources.update({ kind: 'MigPlan', namespace, name }, change, { actor: SYSTEM_ACTOR });
}

/** A plan of Ready clusters and storage, none of which knows the storage yet. */
async function unreconciled(scene: ActivityScene): Promise<RunRecord['plan']> {
  const { record, namespace } = scene;
  await scene.put('source', claim('data'));
  for (const { name } of [record.source, record.target]) {
    await scene.perform('checkCluster', { namespace: record.plan.namespace, name });
  }
  await scene.perform('checkStorage', { ...record.storage });
  await editPlan(scene, ({ spec, ...plan }) => ({
    ...plan,
    spec: { ...spec, namespaces: [`${namespace.source}:${namespace.target}`] },
  }));
  return record.plan;
}

export const PLAN_PLAYS: readonly Play[] = [
  {
    activity: 'sweepPlan',
    record: oneVolume,
    async prepare(scene) {
      await allHelpers(scene);
      await editPlan(scene, ({ metadata, ...plan }) => ({
        ...plan,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [ANNOTATIONS.sweepsRequested]: '1' } },
      }));
      return endOf(scene);
    },
  },
  { activity: 'reconcilePlan', prepare: unreconciled },
  {
    // It looks at its plan again.
    activity: 'freezeRun',
    async prepare(scene) {
      const { uid: _, ...migPlanRef } = await unreconciled(scene);
      const { namespace } = migPlanRef;
      const { metadata } = await scene.lab.temporary.store.resources.create(
        {
          apiVersion: API_VERSION,
          kind: 'MigMigration',
          metadata: { namespace, name: `next-${scene.id}` },
          spec: findKind('MigMigration')?.spec?.parse({ migPlanRef, stage: true }),
        },
        { actor: SYSTEM_ACTOR },
      );
      const run = { kind: 'MigMigration', namespace, name: metadata.name, uid: metadata.uid, attempt: 1 };
      return { run, workflowId: `migration/${run.name}` };
    },
  },
];
