import { provenanceLabels } from '../../../../../activities/kit/provenance.js';
import { helperLabels } from '../../../../../activities/volumes/rsync/helper-metadata.js';
import { waitForObject } from '../../../../../clusters/wait-for.js';
import { type KubeObject, referenceOf } from '../../../../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_NAMESPACE } from '../../../../../resources/meta/labels.js';
import { helperName } from '../../../../../resources/run/names.js';
import type { RunRecord, RunVolume } from '../../../../../resources/run/run-record.js';
import type { ActivityScene, SceneNames } from '../activity-scene.js';
import type { Play } from '../play.js';
import { claim, deleteOf, endOf, homelessPod, object, runVolume } from './objects.js';

export const oneVolume = (names: SceneNames): Partial<RunRecord> => ({ volumes: [runVolume(names, 'data')] });

/** A claim on both sides, as they are when a copy begins. */
async function claimsOnBothSides(scene: ActivityScene): Promise<object> {
  const { record } = scene;
  await scene.makeNamespace('target');
  await scene.put('source', claim('data'));
  await scene.put('target', claim('data', { metadata: { name: 'data', labels: provenanceLabels(record) } }));
  return { volume: record.volumes[0]?.id };
}

/** Endpoint and client of a volume. */
async function helpers(scene: ActivityScene): Promise<object> {
  const input = await claimsOnBothSides(scene);
  await scene.perform('prepareVolume', input);
  const owner = { run: scene.run, volume: scene.record.volumes[0] as RunVolume };
  const labels = helperLabels(owner, 'rsync-client-final');
  const name = `${helperName(scene.run, 'rsync-client-final', owner.volume.key)}-1`;
  await scene.put('source', object('Pod', name, { metadata: { name, labels }, spec: homelessPod() }));
  return input;
}

/** Those of a volume, and some in the namespace that all runs share. */
export async function allHelpers(scene: ActivityScene): Promise<void> {
  await helpers(scene);
  const name = helperName(scene.run, 'modifiers');
  const metadata = { name, namespace: MIGRATION_NAMESPACE, labels: { [LABELS.helper]: scene.run.uid } };
  await scene.put('target', object('ConfigMap', name, { metadata }));
  const job = { backoffLimit: 0, template: { spec: homelessPod({ restartPolicy: 'Never' }) } };
  await scene.put('source', object('Job', name, { metadata, spec: job }));
}

/** A server that listens, and an application that runs: the one play that needs nodes. */
async function readyToCopy(scene: ActivityScene): Promise<object> {
  const { record, namespace } = scene;
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const pod = homelessPod({ nodeSelector: {}, volumes }) as { containers: [object] };
  const script = 'echo content >/data/file; sleep infinity';
  const container = {
    ...pod.containers[0],
    command: ['sh', '-c', script],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  await scene.put(
    'source',
    claim('data', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
    object('Pod', 'app', { spec: { ...pod, containers: [container] } }),
  );
  const app = { apiVersion: 'v1', kind: 'Pod', namespace: namespace.source, name: 'app' };
  const runs = ({ status }: KubeObject): boolean => status?.phase === 'Running';
  await waitForObject(scene.source, app, runs, { signal: AbortSignal.timeout(120_000) });
  const input = { volume: record.volumes[0]?.id };
  await scene.perform('provisionTargetVolume', input);
  return { ...input, pass: 'final', prepared: await scene.perform('prepareVolume', input) };
}

/** A volume that was kept during the run, bound to the claim it belongs to. */
async function retainedVolume(scene: ActivityScene, name: string): Promise<void> {
  const bound = `fla-${scene.id}-${name}`;
  const capacity = { storage: '1Gi' };
  await scene.target.create({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: bound, annotations: { [ANNOTATIONS.originalReclaimPolicy]: 'Delete' } },
    spec: {
      capacity,
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: scene.namespace.target, name },
      hostPath: { path: `/tmp/${bound}` },
    },
  });
  const [made] = await scene.put(
    'target',
    claim(name, {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        volumeName: bound,
        resources: { requests: capacity },
      },
    }),
  );
  const isBound = ({ status }: KubeObject): boolean => status?.phase === 'Bound';
  await waitForObject(scene.target, referenceOf(made as KubeObject), isBound, { signal: AbortSignal.timeout(60_000) });
}

export const VOLUME_PLAYS: readonly Play[] = [
  {
    activity: 'provisionTargetVolume',
    record: oneVolume,
    async prepare(scene) {
      await scene.put('source', claim('data'));
      return { volume: scene.record.volumes[0]?.id };
    },
  },
  {
    activity: 'copyVolume',
    record: (names) => ({ volumes: [runVolume(names, 'data', { storageClass: '' })] }),
    prepare: readyToCopy,
  },
  { activity: 'prepareVolume', record: oneVolume, prepare: claimsOnBothSides },
  { activity: 'removeVolumeHelpers', record: oneVolume, prepare: helpers },
  {
    activity: 'sweepHelpers',
    record: oneVolume,
    async prepare(scene) {
      await allHelpers(scene);
      return undefined;
    },
  },
  {
    activity: 'removePlanHelpers',
    record: oneVolume,
    async prepare(scene) {
      await allHelpers(scene);
      await deleteOf(scene, 'MigPlan');
      return endOf(scene);
    },
  },
  {
    activity: 'settleTarget',
    record: (names) => ({
      volumes: ['data', 'log'].map((name) => runVolume(names, name)),
      options: { keepAnnotations: false, verify: false, restoreReclaimPolicy: true },
    }),
    async prepare(scene) {
      await scene.makeNamespace('target');
      for (const { target } of scene.record.volumes) await retainedVolume(scene, target.claim);
      return undefined;
    },
  },
];
