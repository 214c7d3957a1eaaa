import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createVolumeActivities } from '../../../activities/volumes/index.js';
import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { connectCluster } from '../../../clusters/connect-cluster.js';
import { waitForObject, waitUntilGone } from '../../../clusters/wait-for.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { shortHash } from '../../../resources/run/names.js';
import type { RunRecord, RunVolume } from '../../../resources/run/run-record.js';
import { recordedRun, refOf, runRecord } from '../fakes/recorded-run.js';
import { execCommand } from './exec-command.js';
import { administratorOf, shellImage } from './real-cluster.js';

export const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

/** A source namespace with one volume, an application's pod that has it mounted, and the run that moves it. */
export interface TransferLab {
  source: ClusterClient;
  target: ClusterClient;
  /** Of the source; that of the target is made by the run. */
  namespace: { source: string; target: string };
  record: RunRecord;
  volume: RunVolume;
  recorded: ReturnType<typeof recordedRun>;
  activities: ReturnType<typeof createVolumeActivities>;
  input: { run: ReturnType<typeof refOf>; volume: string };
  /** Runs a shell script in the application's pod, whose volume is /data. */
  onSource(script: string): Promise<string>;
  /** Runs a shell script in the server pod, whose volume is /volume. */
  onTarget(script: string): Promise<string>;
  /** Runs an activity as a worker would, each time as a first attempt. */
  perform<Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result>;
  remove(): Promise<void>;
}

interface Options {
  storageClass?: string;
  settings?: Partial<RunRecord['settings']>;
  /** Of the source namespace; the target's is made like it. */
  labels?: Record<string, string>;
  /** Security context of the application's container. */
  securityContext?: Record<string, unknown>;
}

export async function transferLab(options: Options = {}): Promise<TransferLab> {
  const [source, target] = await Promise.all(
    (['source', 'target'] as const).map(async (side) => connectCluster(await administratorOf(side))),
  );
  if (!source || !target) throw new Error('unreachable');
  const suffix = randomBytes(3).toString('hex');
  const namespace = { source: `volumes-shop-${suffix}`, target: `volumes-moved-${suffix}` };
  const volume = await claimWithApplication(source, namespace, options);
  const record = runRecord({
    migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'move', uid: `${suffix}00-run` },
    plan: { namespace: 'openshift-migration', name: 'plan', uid: `${suffix}-plan` },
    namespaces: [namespace],
    volumes: [volume],
    settings: { ...transferSettings(), ...options.settings },
  });
  const recorded = recordedRun(record, { source, target });
  const run = refOf(record);
  return {
    source,
    target,
    namespace,
    record,
    volume,
    recorded,
    activities: createVolumeActivities(recorded.deps),
    input: { run, volume: volume.id },
    onSource: (script) => shell('source', { namespace: namespace.source, name: 'app' }, script),
    async onTarget(script) {
      const labelSelector = `migration.openshift.io/helper=${run.uid},migration.openshift.io/helper-role=rsync-server`;
      const { items } = await target.list(POD, { namespace: namespace.target, labelSelector });
      const server = items.find(({ metadata, status }) => !metadata.deletionTimestamp && status?.phase === 'Running');
      if (server) return shell('target', { namespace: namespace.target, name: server.metadata.name }, script);
      return shellBeside(target, namespace.target, { claim: volume.target.claim, ...options }, script);
    },
    perform: (activity, input) => new MockActivityEnvironment().run(activity, input),
    async remove() {
      const sides = [
        [source, namespace.source],
        [target, namespace.target],
      ] as const;
      await Promise.all(
        sides.map(async ([client, name]) => {
          await removeVolumes(client, name);
          await client.close();
        }),
      );
    },
  };
}

/** In a pod of its own, since between two passes none has the volume; gone when this resolves. */
async function shellBeside(
  target: ClusterClient,
  namespace: string,
  { claim, securityContext }: Pick<Options, 'securityContext'> & { claim: string },
  script: string,
): Promise<string> {
  const pod = { ...POD, namespace, name: `reader-${randomBytes(3).toString('hex')}` };
  const { apiVersion, kind, ...metadata } = pod;
  await target.create({
    apiVersion,
    kind,
    metadata,
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'reader',
          image: shellImage(),
          command: ['sleep', '600'],
          volumeMounts: [{ name: 'volume', mountPath: '/volume' }],
          securityContext,
        },
      ],
      volumes: [{ name: 'volume', persistentVolumeClaim: { claimName: claim } }],
    },
  });
  await waitForObject(target, pod, ({ status }) => status?.phase === 'Running');
  try {
    return await shell('target', pod, script);
  } finally {
    await target.remove(pod, { gracePeriodSeconds: 0 });
    await waitUntilGone(target, pod);
  }
}

/** Settings of a run that copies volumes in the lab. */
export const transferSettings = (): RunRecord['settings'] => ({
  ...runRecord().settings,
  transferImage: shellImage(),
  rsync: { extraOptions: [], backoffLimit: 5 },
  transferPod: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '2', memory: '512Mi' } },
});

async function claimWithApplication(
  source: ClusterClient,
  namespace: TransferLab['namespace'],
  { storageClass = '', labels = {}, securityContext = {} }: Options,
): Promise<RunVolume> {
  await source.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace.source, labels } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: namespace.source, name: 'default' };
  await waitForObject(source, account, () => true);
  await source.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: namespace.source, labels: { team: 'shop' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await source.create(application(namespace.source, 'data', securityContext));
  const pod = { ...POD, namespace: namespace.source, name: 'app' };
  await waitForObject(source, pod, ({ status }) => status?.phase === 'Running', {
    signal: AbortSignal.timeout(60_000),
  });
  const id = `${namespace.source}/data`;
  return {
    id,
    key: shortHash(id),
    persistentVolume: '',
    source: { namespace: namespace.source, claim: 'data' },
    target: {
      namespace: namespace.target,
      claim: 'data-moved',
      storageClass,
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      size: '1Gi',
    },
    verify: false,
    mover: { name: 'rsync' },
    allowOverwrite: false,
  };
}

/** A pod that does nothing but mount a claim. */
export const application = (
  namespace: string,
  claimName: string,
  securityContext: Record<string, unknown> = {},
): KubeObject => ({
  ...POD,
  metadata: { name: 'app', namespace },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'app',
        image: shellImage(),
        command: ['sleep', 'infinity'],
        securityContext,
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

/** What a shell script prints in a pod's container. */
export async function shell(
  side: 'source' | 'target',
  pod: { namespace: string; name: string },
  script: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await execCommand(await administratorOf(side), pod, ['sh', '-c', script]);
  if (exitCode !== 0) throw new Error(`${script}: exit code ${exitCode}: ${stderr}`);
  return stdout;
}

/** Volumes that are kept by their reclaim policy go with the namespace here. Its end is not waited for. */
export async function removeVolumes(client: ClusterClient, namespace: string): Promise<void> {
  const claims = await client.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace });
  await Promise.all(
    claims.items
      .filter(({ spec }) => spec?.volumeName)
      .map(({ spec }) =>
        client.patch(
          { apiVersion: 'v1', kind: 'PersistentVolume', name: spec.volumeName },
          { spec: { persistentVolumeReclaimPolicy: 'Delete' } },
        ),
      ),
  );
  await client.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
}
