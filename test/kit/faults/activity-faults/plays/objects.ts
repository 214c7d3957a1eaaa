import { SYSTEM_ACTOR } from '../../../../../migrations-db/migration-store.js';
import type { KubeObject } from '../../../../../resources/meta/kube-object.js';
import { shortHash } from '../../../../../resources/run/names.js';
import type { RunRecord, RunVolume } from '../../../../../resources/run/run-record.js';
import { WORKLOAD_KINDS } from '../../../../../resources/workloads/workload-kinds.js';
import { fromEnvironment } from '../../../system/system.js';
import type { ActivityScene, SceneNames } from '../activity-scene.js';

/** A pod that no node takes: the API server's part of its life is all that is needed here. */
export const homelessPod = (more: object = {}): object => ({
  nodeSelector: { 'migration.openshift.io/no-such-node': 'true' },
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'app', image: fromEnvironment('TRANSFER_IMAGE'), command: ['sleep', 'infinity'] }],
  ...more,
});

export const object = (kind: string, name: string, more: object = {}): KubeObject => {
  const { metadata, ...rest } = more as Partial<KubeObject>;
  return {
    apiVersion: WORKLOAD_KINDS.find((known) => known.kind === kind)?.apiVersion ?? 'v1',
    kind,
    metadata: { name, ...metadata },
    ...rest,
  };
};

/** A workload of every kind, none of whose pods ever runs; `labels` are put on the workloads alone, `pod` into their pods' spec. */
export function homelessWorkloads(labels: Record<string, string> = {}, pod: object = {}): KubeObject[] {
  const controlled = (kind: string, name: string, spec: object): KubeObject => {
    const own = { app: name };
    return object(kind, name, {
      metadata: { name, labels },
      spec: {
        selector: kind === 'ReplicationController' ? own : { matchLabels: own },
        template: { metadata: { labels: own }, spec: homelessPod(pod) },
        ...spec,
      },
    });
  };
  const job = { template: { spec: homelessPod({ restartPolicy: 'Never', ...pod }) } };
  const cronJob = { schedule: '0 3 * * *', jobTemplate: { spec: job } };
  return [
    controlled('Deployment', 'web', { replicas: 2 }),
    controlled('Deployment', 'stopped-by-its-owner', { replicas: 0 }),
    controlled('StatefulSet', 'db', { replicas: 1, serviceName: 'db' }),
    controlled('ReplicaSet', 'single', { replicas: 1 }),
    controlled('ReplicationController', 'old', { replicas: 1 }),
    controlled('DaemonSet', 'everywhere', {}),
    object('CronJob', 'nightly', { metadata: { name: 'nightly', labels }, spec: cronJob }),
    object('CronJob', 'suspended', { metadata: { name: 'suspended', labels }, spec: { ...cronJob, suspend: true } }),
    object('Job', 'import', { metadata: { name: 'import', labels }, spec: { ...job, parallelism: 1 } }),
  ];
}

/** No provisioner knows it: claims of it are never bound, and pods that mount them never started. */
export const NO_CLASS = 'no-such-class';

export const claim = (name: string, more: object = {}): KubeObject =>
  object('PersistentVolumeClaim', name, {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: NO_CLASS,
      resources: { requests: { storage: '1Gi' } },
    },
    ...more,
  });

/** A volume of a run, copied into a claim of the other namespace unless another place is given. */
export function runVolume({ id, namespace }: SceneNames, name: string, target: object = {}): RunVolume {
  const volumeId = `${namespace.source}/${name}`;
  return {
    id: volumeId,
    key: shortHash(volumeId),
    persistentVolume: `fla-${id}-${name}`,
    source: { namespace: namespace.source, claim: name },
    target: {
      namespace: namespace.target,
      claim: name,
      storageClass: NO_CLASS,
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      size: '1Gi',
      ...target,
    },
    verify: false,
    mover: { name: 'rsync' },
    allowOverwrite: false,
  };
}

/** The scene's run has ended; resolves to its plan, as those who clear up after a plan are told of it. */
export async function endOf({ lab, run, record }: ActivityScene): Promise<RunRecord['plan']> {
  await lab.temporary.store.runs.setState(run, 'Succeeded');
  return record.plan;
}

/** The scene's plan or storage, as it is when its deletion has begun, or is over. */
export async function deleteOf({ lab, record }: ActivityScene, kind: 'MigPlan' | 'MigStorage'): Promise<void> {
  const { namespace, name } = kind === 'MigPlan' ? record.plan : record.storage;
  await lab.temporary.store.resources.remove({ kind, namespace, name }, { actor: SYSTEM_ACTOR });
}
