import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClaimActivities } from '../../activities/claims/index.js';
import { createCleanupActivities } from '../../activities/cleanup/index.js';
import { createVolumeActivities } from '../../activities/volumes/index.js';
import { createWorkloadActivities } from '../../activities/workloads/index.js';
import { listWorkloads } from '../../activities/workloads/list-workloads.js';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { waitForObject } from '../../clusters/wait-for.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import { healthOf } from '../../resources/workloads/health.js';
import { isFinishedJob } from '../../resources/workloads/workload-kinds.js';
import { administratorOf, shellImage } from '../kit/cluster/real-cluster.js';
import { removeVolumes, shell, transferSettings } from '../kit/cluster/transfer-lab.js';
import { recordedRun, refOf, runRecord, runVolume } from '../kit/fakes/recorded-run.js';

const suffix = randomBytes(3).toString('hex');
const namespace = `claims-shop-${suffix}`;
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;
const SLEEP = 'trap "exit 0" TERM; sleep 3600 & wait';

const STORAGE_CLASS = process.env.SMALL_STORAGE_CLASS ?? 'small';
const NAMES: Record<string, string> = {
  data: 'data-mig-abcd',
  'log-db-0': 'log-mig-abcd-db-0',
  'log-db-1': 'log-mig-abcd-db-1',
};
const volumes: RunVolume[] = Object.entries(NAMES).map(([claim, renamed]) =>
  runVolume({ namespace, claim }, { claim: renamed, storageClass: STORAGE_CLASS }),
);

let cluster: ClusterClient;
let recorded: ReturnType<typeof recordedRun>;
let claims: ReturnType<typeof createClaimActivities>;
let workloads: ReturnType<typeof createWorkloadActivities>;
let transfers: ReturnType<typeof createVolumeActivities>;
let before: Map<string, string | undefined>;

const place = { namespace: 'openshift-migration', name: 'source', uid: 'source', clusterUid: 'one', minor: 36 };
const record = runRecord({
  migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'convert', uid: `${suffix}00-run` },
  plan: { namespace: 'openshift-migration', name: 'plan', uid: `plan-${suffix}` },
  itinerary: 'Conversion',
  source: place,
  target: place,
  namespaces: [{ source: namespace, target: namespace }],
  volumes,
  settings: transferSettings(),
});
const run = refOf(record);

const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  environment().run(activity, input);
const swap = (direction: 'forward' | 'back') => {
  const work = () => perform(claims.swapClaims, { run, direction });
  return direction === 'back' ? recorded.unwinding(work) : work();
};

const dataClaim: KubeObject = {
  ...CLAIM,
  metadata: { name: 'data', namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
};
const podSpec = (volume: string, more: object = {}): object => ({
  terminationGracePeriodSeconds: 1,
  containers: [
    {
      name: 'app',
      image: shellImage(),
      command: ['sh', '-c', SLEEP],
      resources: { requests: { cpu: '1m', memory: '1Mi' } },
      volumeMounts: [{ name: volume, mountPath: '/volume' }],
    },
  ],
  ...(volume === 'data' && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }),
  ...more,
});
function applications(): KubeObject[] {
  const object = (apiVersion: string, kind: string, name: string, spec: object): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { team: 'shop' }, annotations: { note: 'written by its owner' } },
    spec,
  });
  const template = (name: string, volume = 'data') => ({ metadata: { labels: { app: name } }, spec: podSpec(volume) });
  const controlled = (name: string, spec: object, volume?: string) => ({
    selector: { matchLabels: { app: name } },
    template: template(name, volume),
    ...spec,
  });
  const once = { template: { spec: podSpec('data', { restartPolicy: 'Never' }) } };
  return [
    object('apps/v1', 'Deployment', 'web', controlled('web', { replicas: 2 })),
    object('apps/v1', 'Deployment', 'paused', controlled('paused', { replicas: 1 })),
    object('apps/v1', 'ReplicaSet', 'single', controlled('single', { replicas: 1 })),
    object('v1', 'ReplicationController', 'old', {
      replicas: 1,
      selector: { app: 'old' },
      template: template('old'),
    }),
    object('apps/v1', 'DaemonSet', 'each', controlled('each', {})),
    object('batch/v1', 'CronJob', 'nightly', { schedule: '0 3 * * *', jobTemplate: { spec: once } }),
    object('batch/v1', 'Job', 'import', { parallelism: 2, completions: 5, ...once }),
    object(
      'apps/v1',
      'StatefulSet',
      'db',
      controlled(
        'db',
        {
          replicas: 2,
          serviceName: 'db',
          podManagementPolicy: 'Parallel',
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
          volumeClaimTemplates: [
            {
              metadata: { name: 'log', labels: { app: 'db' } },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
            },
          ],
        },
        'log',
      ),
    ),
  ];
}

beforeAll(async () => {
  cluster = connectCluster(await administratorOf('source'));
  recorded = recordedRun(record, { source: cluster, target: cluster });
  claims = createClaimActivities(recorded.deps);
  workloads = createWorkloadActivities(recorded.deps);
  transfers = createVolumeActivities(recorded.deps);
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' };
  await waitForObject(cluster, account, () => true);
  await cluster.create(dataClaim);
  const objects = applications();
  await Promise.all(objects.map((object) => cluster.create(object)));
  await settled(objects);
  await cluster.patch(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'paused' },
    { spec: { paused: true, template: { metadata: { annotations: { held: 'back' } } } } },
  );
  before = await userParts();
});

afterAll(async () => {
  if (!cluster) return;
  await removeVolumes(cluster, namespace);
  await cluster.close();
});

describe('volumes of one namespace', () => {
  const copy = (pass: 'pre-copy' | 'final') =>
    Promise.all(
      volumes.map(async ({ id }) => {
        const input = { run, volume: id };
        await perform(transfers.provisionTargetVolume, input);
        const endpoint = await perform(transfers.prepareVolume, input);
        expect(endpoint).toEqual({
          mover: 'rsync',
          type: 'ClusterIP',
          host: expect.stringMatching(/^\d+\./),
          port: 6443,
        });
        return perform(transfers.copyVolume, { ...input, pass, prepared: endpoint });
      }),
    );
  const write = (pod: string, text: string) =>
    shell('source', { namespace, name: pod }, `echo ${text} > /volume/${text}; sync`);

  it('are copied into claims of another class while the application runs, over the network of the cluster', async () => {
    await Promise.all(['db-0', 'db-1'].map((pod) => write(pod, `first-of-${pod}`)));
    const results = await copy('pre-copy');
    expect(results.map(({ target }) => target.files)).toEqual([0, 1, 1]);
    for (const { target } of volumes) {
      const claim = await read('v1', 'PersistentVolumeClaim', target.claim);
      expect(claim).toMatchObject({
        metadata: { labels: { [LABELS.migratedByPlan]: record.plan.uid } },
        spec: { storageClassName: STORAGE_CLASS },
        status: { phase: 'Bound' },
      });
    }
  });

  it('are alike once the application stands, and the helpers of both sides go', async () => {
    await write('db-1', 'last');
    await perform(workloads.quiesceApplications, { run });
    await perform(workloads.waitForQuiesce, { run });
    const results = await copy('final');
    expect(results.map(({ target }) => target.files)).toEqual([0, 1, 2]);
    await Promise.all(volumes.map(({ id }) => perform(transfers.removeVolumeHelpers, { run, volume: id })));
    await perform(createCleanupActivities(recorded.deps).sweepHelpers, { run });
    const kinds = ['Pod', 'Service', 'Secret'];
    const lists = await Promise.all(
      kinds.map((kind) => cluster.list({ apiVersion: 'v1', kind }, { namespace, labelSelector: LABELS.helper })),
    );
    expect(lists.flatMap(({ items }) => items)).toEqual([]);
  });
});

describe('the claims of a halted application', () => {
  let halted: Map<string, string | undefined>;

  it('are taken over by others in every kind of workload', async () => {
    halted = await userParts();
    const { swapped, warnings } = await swap('forward');
    expect(swapped).toBe(8 + 1);
    expect(warnings).toEqual([expect.stringContaining(`Job ${namespace}/import`)]);
    const parts = await userParts();
    expect([...parts.keys()].sort()).toEqual([...halted.keys()].sort());
    for (const [name, text] of parts) {
      expect(text, name).toContain('-mig-abcd');
      expect(text, name).not.toMatch(/"claimName":"data"/);
    }
    const db = await read('apps/v1', 'StatefulSet', 'db');
    expect(db?.spec).toMatchObject({
      replicas: 0,
      volumeClaimTemplates: [{ metadata: { name: 'log-mig-abcd' }, spec: { storageClassName: STORAGE_CLASS } }],
    });
    expect((await read('v1', 'PersistentVolumeClaim', 'data'))?.metadata.labels).toMatchObject({
      [LABELS.conversionSource]: record.plan.uid,
    });
    expect(await swap('forward')).toMatchObject({ swapped: 0 });
  });

  it('stay, with what a StatefulSet leaves behind when it is made again', async () => {
    for (const claim of [...Object.keys(NAMES), ...Object.values(NAMES)]) {
      const found = await read('v1', 'PersistentVolumeClaim', claim);
      expect(found, claim).toBeDefined();
      expect(found?.metadata.deletionTimestamp, claim).toBeUndefined();
    }
    const { items } = await cluster.list({ apiVersion: 'apps/v1', kind: 'ControllerRevision' }, { namespace });
    expect(items.filter(({ metadata }) => metadata.labels?.[LABELS.helper])).toEqual([]);
  });

  it('are mounted by what starts', async () => {
    const started = await perform(claims.startConverted, { run });
    expect(started.workloads).toBe(8);
    expect(recorded.facts.commitPoint).toEqual(expect.any(String));
    await settled(applications());
    await perform(workloads.confirmSourceRunning, { run });
    const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace });
    const running = items.filter(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
    expect(running.length).toBeGreaterThanOrEqual(10);
    for (const { metadata, spec } of running) {
      expect(JSON.stringify(spec.volumes), metadata.name).toContain('-mig-abcd');
    }
    expect(await shell('source', { namespace, name: 'db-1' }, 'ls /volume')).toBe('first-of-db-1\nlast\n');
  });

  it('are given back, and the application is exactly as it was', async () => {
    await perform(workloads.quiesceApplications, { run });
    await perform(workloads.waitForQuiesce, { run });
    const { warnings } = await swap('back');
    expect(warnings).toEqual([expect.stringContaining(`Job ${namespace}/import`)]);
    expect(await userParts()).toEqual(halted);
    expect((await read('v1', 'PersistentVolumeClaim', 'data'))?.metadata.labels ?? {}).not.toHaveProperty([
      LABELS.conversionSource,
    ]);
    await recorded.unwinding(() => perform(workloads.unquiesceSource, { run }));
    await perform(workloads.confirmSourceRunning, { run });
    expect(await userParts()).toEqual(before);
    await settled(applications());
    expect(JSON.stringify((await read('v1', 'Pod', 'db-0'))?.spec.volumes)).toContain('"claimName":"log-db-0"');
  });
});

describe('a StatefulSet whose worker is killed between its deletion and its return', () => {
  const killedBeforeCreation = async (direction: 'forward' | 'back'): Promise<void> => {
    const create = cluster.createIfAbsent.bind(cluster);
    cluster.createIfAbsent = async (object, options) => {
      if (object.kind === 'StatefulSet') throw new Error('killed');
      return create(object, options);
    };
    try {
      await expect(swap(direction)).rejects.toThrow('killed');
    } finally {
      cluster.createIfAbsent = create;
    }
    expect(await read('apps/v1', 'StatefulSet', 'db')).toBeUndefined();
  };
  const template = async () => (await read('apps/v1', 'StatefulSet', 'db'))?.spec.volumeClaimTemplates[0].metadata.name;

  beforeAll(async () => {
    await perform(workloads.quiesceApplications, { run });
    await perform(workloads.waitForQuiesce, { run });
  });

  it('comes back with its new claims when the swap is repeated', async () => {
    await killedBeforeCreation('forward');
    await swap('forward');
    expect(await template()).toBe('log-mig-abcd');
    await swap('back');
  });

  it('comes back with its former claims when the run unwinds, and no sweep takes what keeps it', async () => {
    const whole = await userParts();
    await killedBeforeCreation('forward');
    await perform(createCleanupActivities(recorded.deps).sweepHelpers, { run });
    await swap('back');
    expect(await template()).toBe('log');
    expect(await userParts()).toEqual(whole);
    await recorded.unwinding(() => perform(workloads.unquiesceSource, { run }));
    await perform(workloads.confirmSourceRunning, { run });
    expect(await userParts()).toEqual(before);
    const { items } = await cluster.list({ apiVersion: 'apps/v1', kind: 'ControllerRevision' }, { namespace });
    expect(items.filter(({ metadata }) => metadata.labels?.[LABELS.helper])).toEqual([]);
  });
});

const read = (apiVersion: string, kind: string, name: string): Promise<KubeObject | undefined> =>
  cluster.get({ apiVersion, kind, namespace, name });

async function settled(objects: readonly KubeObject[]): Promise<void> {
  const signal = AbortSignal.timeout(90_000);
  await Promise.all(
    objects.map((object) => waitForObject(cluster, referenceOf(object), (now) => healthOf(now).available, { signal })),
  );
}

/** What users own of every workload, by kind and name, as canonical JSON. */
async function userParts(): Promise<Map<string, string | undefined>> {
  const found = await listWorkloads(cluster, { namespaces: [namespace], signal: AbortSignal.timeout(30_000) });
  return new Map(
    found
      .filter((object) => !(object.kind === 'Job' && isFinishedJob(object)))
      .map((object) => [`${object.kind} ${object.metadata.name}`, userPart(object)]),
  );
}

function userPart({ metadata, spec, kind }: KubeObject): string | undefined {
  // The API server counts a DaemonSet's template changes here and refuses to set it back.
  const annotations = {
    ...metadata.annotations,
    'deprecated.daemonset.template.generation': undefined,
    // The same of a Deployment, by its controller.
    'deployment.kubernetes.io/revision': undefined,
  };
  const { selector: _, template, ...rest } = spec;
  // Both name the Job by its uid.
  const own = kind === 'Job' ? { ...rest, template: { spec: template.spec } } : spec;
  return canonicalize({ labels: metadata.labels, annotations, spec: own });
}
