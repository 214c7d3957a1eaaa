import { STRAY_ROLE } from '../../../../../activities/velero/restore-modifiers.js';
import { runAnnotation, runLabels, VELERO_API } from '../../../../../activities/velero/velero-objects.js';
import type { KubeObject } from '../../../../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../../../../resources/meta/labels.js';
import { veleroName } from '../../../../../resources/run/names.js';
import type { RunRef } from '../../../../../resources/run/run-record.js';
import type { ActivityScene } from '../activity-scene.js';
import type { Play } from '../play.js';
import { deleteOf, endOf, homelessPod, object } from './objects.js';

const veleroObject = (kind: string, name: string, more: object): KubeObject => {
  const { metadata, ...rest } = more as Partial<KubeObject>;
  return { apiVersion: VELERO_API, kind, metadata: { name, namespace: MIGRATION_NAMESPACE, ...metadata }, ...rest };
};

/** As Velero leaves it, so that no Velero has to work on it. */
const completedBackup = ({ run, record }: ActivityScene): KubeObject =>
  veleroObject('Backup', veleroName(run, 'initial'), {
    metadata: {
      name: veleroName(run, 'initial'),
      namespace: MIGRATION_NAMESPACE,
      labels: runLabels(record, 'initialBackup'),
    },
    spec: { storageLocation: 'none', includedNamespaces: record.namespaces.map(({ source }) => source) },
    status: { phase: 'Completed', progress: { totalItems: 1, itemsBackedUp: 1 } },
  });

const completedRestore = ({ record }: ActivityScene, run: RunRef): KubeObject => {
  const name = veleroName(run, 'final');
  return veleroObject('Restore', name, {
    metadata: {
      name,
      namespace: MIGRATION_NAMESPACE,
      labels: runLabels(record, 'finalRestore'),
      annotations: runAnnotation(run),
    },
    spec: { backupName: veleroName(run, 'initial') },
    status: { phase: 'Completed', progress: { totalItems: 2, itemsRestored: 2 } },
  });
};

async function applicationOnSource(scene: ActivityScene): Promise<void> {
  await scene.put(
    'source',
    object('ConfigMap', 'settings', { data: { color: 'green' } }),
    object('Service', 'web', { spec: { ports: [{ port: 80 }] } }),
    object('Pod', 'tool', { spec: homelessPod() }),
  );
}

/** What a Restore of this run has brought, two objects of it because Velero cannot leave them out. */
async function restoredOnTarget(scene: ActivityScene): Promise<void> {
  const { run, record } = scene;
  const labels = { [LABELS.migratedByPlan]: record.plan.uid, [LABELS.migratedByMigration]: run.uid };
  const stray = { ...labels, [LABELS.helperRole]: STRAY_ROLE };
  await scene.makeNamespace('target');
  await scene.put(
    'target',
    completedRestore(scene, run),
    object('ConfigMap', 'settings', { metadata: { name: 'settings', labels }, data: { color: 'green' } }),
    object('ConfigMap', 'stray-settings', { metadata: { name: 'stray-settings', labels: stray } }),
    object('Secret', 'stray-token', { metadata: { name: 'stray-token', labels: stray } }),
  );
}

/** In the object store and known to both clusters. */
async function backedUp(scene: ActivityScene): Promise<{ backup: string }> {
  await applicationOnSource(scene);
  await scene.perform('ensureBackupLocations');
  const { backup } = (await scene.perform('createBackup')) as { backup: string };
  await scene.perform('waitForBackup', { backup });
  await scene.perform('copyBackupToTarget', { backup });
  return { backup };
}

export const VELERO_PLAYS: readonly Play[] = [
  { activity: 'ensureBackupLocations', prepare: async () => undefined },
  {
    activity: 'removeStorageLocations',
    async prepare(scene) {
      await scene.perform('ensureBackupLocations');
      await endOf(scene);
      await deleteOf(scene, 'MigStorage');
      const { storage, source, target } = scene.record;
      // Those of the other scenes are none of its business.
      return { ...storage, clusters: [source, target].map(({ namespace, name }) => ({ namespace, name })) };
    },
  },
  {
    activity: 'createBackup',
    async prepare(scene) {
      await applicationOnSource(scene);
      await scene.perform('ensureBackupLocations');
      return undefined;
    },
  },
  {
    activity: 'copyBackupToTarget',
    async prepare(scene) {
      const [backup] = await scene.put('source', completedBackup(scene));
      return { backup: backup?.metadata.name };
    },
  },
  { activity: 'createRestore', when: 'into a namespace that is not there', prepare: backedUp },
  {
    activity: 'createRestore',
    when: 'over what a run that was given up has left',
    async prepare(scene) {
      const { record, run } = scene;
      const earlier = { ...run, attempt: run.attempt + 1 };
      await scene.lab.temporary.store.runs.freeze(
        { ref: earlier, itinerary: 'Final', state: 'Failed', workflowId: `migration/${scene.id}-earlier` },
        record,
      );
      const input = await backedUp(scene);
      await scene.makeNamespace('target');
      const left = { [LABELS.migratedByBackup]: veleroName(earlier, 'initial') };
      await scene.put(
        'target',
        completedRestore(scene, earlier),
        object('ConfigMap', 'settings', { metadata: { name: 'settings', labels: left }, data: { color: 'red' } }),
        object('Service', 'web', { metadata: { name: 'web', labels: left }, spec: { ports: [{ port: 80 }] } }),
      );
      return input;
    },
  },
  {
    activity: 'waitForRestore',
    async prepare(scene) {
      await restoredOnTarget(scene);
      return { restore: veleroName(scene.run, 'final') };
    },
  },
  {
    activity: 'waitForRestoreIdle',
    state: 'Unwinding',
    async prepare(scene) {
      await restoredOnTarget(scene);
      return undefined;
    },
  },
  {
    activity: 'removePlanBackups',
    // Whose Velero is asked to empty the bucket depends on what is left.
    mayRepeat: /backups\.velero\.io|deletebackuprequests/,
    async prepare(scene) {
      await backedUp(scene);
      await deleteOf(scene, 'MigPlan');
      return endOf(scene);
    },
  },
];
