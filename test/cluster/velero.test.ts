import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVeleroActivities } from '../../activities/velero/index.js';
import { BACKUP, BACKUP_STORAGE_LOCATION, RESTORE, VELERO_API } from '../../activities/velero/velero-objects.js';
import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { waitForObject, waitUntilGone } from '../../clusters/wait-for.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { actionsOf } from '../../resources/run/actions.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { administratorOf } from '../kit/cluster/real-cluster.js';
import { fakeSecrets } from '../kit/fakes/fake-secrets.js';
import { mergePatch } from '../kit/fakes/merge-patch.js';
import { recordedRun, refOf, runRecord } from '../kit/fakes/recorded-run.js';
import { fromEnvironment } from '../kit/system/system.js';

const suffix = randomBytes(3).toString('hex');
const shop = `velero-shop-${suffix}`;
const store = `velero-store-${suffix}`;
const mail = `velero-mail-${suffix}`;
const NODE_PORT = 30_000 + (Number.parseInt(suffix, 16) % 2_000);

const ours = { namespace: MIGRATION_NAMESPACE, clusterUid: '', minor: 36 };
const record = runRecord({
  namespaces: [
    { source: shop, target: store },
    { source: mail, target: mail },
  ],
  migration: { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: 'move', uid: `00${suffix}-run` },
  plan: { namespace: MIGRATION_NAMESPACE, name: 'plan', uid: `00${suffix}-plan` },
  storage: { namespace: MIGRATION_NAMESPACE, name: 'storage', uid: `00${suffix}-storage` },
  source: { ...ours, name: 'source', uid: 'source', clusterUid: 'source' },
  target: { ...ours, name: 'target', uid: 'target', clusterUid: 'target' },
  volumes: [
    {
      id: `${shop}/data-db-0`,
      key: '00000000',
      persistentVolume: 'none',
      source: { namespace: shop, claim: 'data-db-0' },
      target: {
        namespace: store,
        claim: 'data-db-0',
        storageClass: 'fast-there',
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Filesystem',
        size: '1Gi',
      },
      verify: false,
      mover: { name: 'rsync' },
      allowOverwrite: false,
    },
  ],
});

const OURS = `${LABELS.migratedByPlan}=${record.plan.uid}`;

let source: ClusterClient;
let target: ClusterClient;

beforeAll(async () => {
  source = connectCluster(await administratorOf('source'));
  target = connectCluster(await administratorOf('target'));
  await Promise.all([makeNamespace(source, shop), makeNamespace(source, mail), makeNamespace(target, mail)]);
  await target.create(object('Service', 'foreign', mail, nodePortService()));
  for (const made of shopObjects()) await createWithOwner(made);
  await source.patch(
    { apiVersion: 'v1', kind: 'ServiceAccount', namespace: shop, name: 'default' },
    { imagePullSecrets: [{ name: 'registry' }] },
  );
  await Promise.all(mailObjects().map((made) => source.create(made)));
  await Promise.all(mailObjects().map((made) => target.create(mergePatch(made, beforeUs) as KubeObject)));
});

afterAll(async () => {
  await source?.remove({ apiVersion: 'v1', kind: 'Namespace', name: shop });
  await Promise.all([removeAll(target, RESTORE), removeBackups()]);
  for (const client of [source, target]) {
    await client?.remove({ apiVersion: 'v1', kind: 'Namespace', name: mail });
    await client?.remove({ apiVersion: 'v1', kind: 'Namespace', name: store });
    await client?.remove({ ...RBAC('ClusterRoleBinding'), name: `velero-${suffix}` });
    await removeAll(client, { apiVersion: 'v1', kind: 'ConfigMap' }, `${LABELS.helper}=${record.migration.uid}`);
    await removeAll(client, BACKUP_STORAGE_LOCATION, `migstorage=${record.storage.uid}`);
    await removeAll(client, { apiVersion: 'v1', kind: 'Secret' }, `migstorage=${record.storage.uid}`);
    await client?.close();
  }
});

describe('the objects of a quiesced application', () => {
  const { activities, created, log } = activitiesOf(() => record);
  const run = refOf(record);
  const there = (kind: string, name: string) => read(target, kind, name, store);

  it('travel by Backup and Restore', async () => {
    const before = await foreignState();
    const { backup } = await backUp(activities, run);
    const { restore } = await perform(activities.createRestore, { run, backup });
    const { items, warnings } = await perform(activities.waitForRestore, { run, restore });
    expect(warnings).toEqual([]);
    expect(items).toBeGreaterThan(15);
    expect(await foreignState()).toEqual(before);
  });

  it('carry where they come from, and are recorded', async () => {
    const { metadata } = await there('ConfigMap', 'settings');
    expect(metadata.labels).toMatchObject({
      team: 'shop',
      [LABELS.migratedByPlan]: record.plan.uid,
      [LABELS.migratedByMigration]: run.uid,
      [LABELS.migratedByBackup]: expect.stringMatching(/-initial$/),
    });
    expect(created).toContainEqual(expect.objectContaining({ kind: 'ConfigMap', uid: metadata.uid, namespace: store }));
    expect(created).toContainEqual(expect.objectContaining({ kind: 'Schedule', namespace: store }));
    expect(created.some((made) => made.namespace === mail && made.name !== 'new')).toBe(false);
  });

  it('arrive halted, with what is needed to start them', async () => {
    const web = await there('Deployment', 'web');
    expect(web.spec.replicas).toBe(0);
    expect(web.metadata.annotations).toMatchObject({ [ANNOTATIONS.preQuiesceReplicas]: '2' });
    expect((await there('Deployment', 'forgotten')).spec.replicas).toBe(0);
    expect((await there('CronJob', 'nightly')).spec.suspend).toBe(true);
    expect((await target.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: store })).items).toEqual([]);
  });

  it('name the new namespace wherever they named the old one', async () => {
    expect((await there('RoleBinding', 'web')).subjects).toEqual([
      { kind: 'ServiceAccount', name: 'web', namespace: store },
      { kind: 'Group', name: `system:serviceaccounts:${store}`, apiGroup: 'rbac.authorization.k8s.io' },
    ]);
    const cluster = await read(target, 'ClusterRoleBinding', `velero-${suffix}`);
    expect(cluster.subjects).toMatchObject([{ name: 'web', namespace: store }]);
    expect((await there('NetworkPolicy', 'inside')).spec.ingress[0].from[0].namespaceSelector).toEqual({
      matchLabels: { 'kubernetes.io/metadata.name': store },
    });
    expect((await there('Service', 'alias')).spec.externalName).toBe(`web.${store}.svc.cluster.local`);
  });

  it('follow the storage class of their volumes', async () => {
    const { volumeClaimTemplates } = (await there('StatefulSet', 'db')).spec;
    expect(volumeClaimTemplates[0].spec.storageClassName).toBe('fast-there');
  });

  it('take other node ports where theirs are taken', async () => {
    const { ports } = (await there('Service', 'outside')).spec;
    expect(ports[0].nodePort).toBeGreaterThan(0);
    expect(ports[0].nodePort).not.toBe(NODE_PORT);
  });

  it('come with service accounts, custom resources, and addresses people wrote', async () => {
    expect((await there('ServiceAccount', 'web')).imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect((await there('ServiceAccount', 'default')).imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect((await there('Schedule', 'first')).spec).toMatchObject({ schedule: '0 3 * * *', paused: true });
    expect((await there('Endpoints', 'elsewhere')).subsets[0].addresses).toEqual([{ ip: '192.0.2.10' }]);
  });

  it.each([
    ['ReplicaSet', 'standalone'],
    ['Job', 'import'],
  ])('include a %s without controller', async (kind, name) => {
    expect((await there(kind, name)).metadata.labels).not.toHaveProperty([LABELS.helper]);
  });

  it.each([
    ['Pod', 'tool'],
    ['ReplicaSet', 'web-5c8f7'],
    ['Job', 'nightly-1'],
    ['PersistentVolumeClaim', 'data-db-0'],
    ['Secret', 'web-token-x2v4z'],
    ['ConfigMap', 'openshift-service-ca.crt'],
    ['Secret', 'keys-of-a-helper'],
  ])('come without %s %s', async (kind, name) => {
    expect(await target.get({ apiVersion: 'v1', ...TYPES[kind], kind, namespace: store, name })).toBeUndefined();
  });

  it('have a token of the target where a user asked for one', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', name: 'token' };
    const filled = ({ data }: KubeObject): boolean => data?.token !== undefined;
    const [ours, theirs] = await Promise.all([
      waitForObject(target, { ...secret, namespace: store }, filled),
      waitForObject(source, { ...secret, namespace: shop }, filled),
    ]);
    expect(ours.type).toBe('kubernetes.io/service-account-token');
    expect(ours.data.token).not.toBe(theirs.data.token);
  });

  it('leave to the log what they could not replace', () => {
    expect(log.map(({ text }) => text).join('\n')).toMatch(/ConfigMap "settings" already exists/);
  });
});

describe('a second attempt', () => {
  const again: RunRecord = { ...record, attempt: 2 };
  const { activities, recorded } = activitiesOf(() => again, { quiesceOwed: true });
  const run = refOf(again);

  it('replaces what a run that was given up restored, and nothing that was there before', async () => {
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', namespace: shop, name: 'settings' };
    await source.patch(settings, { data: { color: 'green' } });
    const before = await foreignState();
    const { backup } = await backUp(activities, run);
    const { restore } = await perform(activities.createRestore, { run, backup });
    expect((await perform(activities.waitForRestore, { run, restore })).warnings).toEqual([]);
    expect((await read(target, 'ConfigMap', 'settings', store)).data).toEqual({ color: 'green' });
    expect(await foreignState()).toEqual(before);
    await recorded.unwinding(() => perform(activities.waitForRestoreIdle, { run }));
  });
});

describe('the objects of an application that is not halted', () => {
  const live = `velero-live-${suffix}`;
  const running: RunRecord = {
    ...record,
    attempt: 3,
    namespaces: [{ source: shop, target: live }],
    does: actionsOf(record.itinerary, { quiesce: false }),
  };
  const { activities } = activitiesOf(() => running);
  const run = refOf(running);

  afterAll(() => target.remove({ apiVersion: 'v1', kind: 'Namespace', name: live }));

  it('arrive as they are, pods without a controller among them', async () => {
    const { backup } = await backUp(activities, run);
    const { restore } = await perform(activities.createRestore, { run, backup });
    expect((await perform(activities.waitForRestore, { run, restore })).warnings).toEqual([]);
    expect((await read(target, 'Deployment', 'forgotten', live)).spec.replicas).toBe(1);
    expect((await read(target, 'Pod', 'tool', live)).metadata.labels).toMatchObject({ team: 'shop' });
    const pods = await target.list(
      { apiVersion: 'v1', kind: 'Pod' },
      { namespace: live, labelSelector: LABELS.helper },
    );
    expect(pods.items.filter(({ metadata }) => !metadata.deletionTimestamp)).toEqual([]);
  });
});

describe("Velero's complaints", () => {
  const refused: RunRecord = { ...record, attempt: 4 };
  const { activities, log } = activitiesOf(() => refused, { quiesceOwed: true });
  const run = refOf(refused);

  it('are warnings with its own words when a Restore fails in part', async () => {
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-roles', namespace: store } };
    await target.create({ ...quota, spec: { hard: { 'count/roles.rbac.authorization.k8s.io': '0' } } });
    const { backup } = await backUp(activities, run);
    const { restore } = await perform(activities.createRestore, { run, backup });
    const { warnings } = await perform(activities.waitForRestore, { run, restore });
    expect(warnings.join('\n')).toMatch(/has 1 errors[\s\S]*exceeded quota: no-roles[\s\S]*restore describe/);
    expect(log.map(({ text }) => text).join('\n')).toMatch(/error: .*exceeded quota: no-roles/);
  });
});

/** Runs an activity as a worker would, each time as a first attempt. */
const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  new MockActivityEnvironment().run<[Input], Result, typeof activity>(activity, input);

async function backUp(activities: ReturnType<typeof createVeleroActivities>, run: RunRef): Promise<{ backup: string }> {
  await perform(activities.ensureBackupLocations, { run });
  const { backup } = await perform(activities.createBackup, { run });
  expect((await perform(activities.waitForBackup, { run, backup })).warnings).toEqual([]);
  await perform(activities.copyBackupToTarget, { run, backup });
  return { backup };
}

/** Activities of one run; `facts` is what is known of every other run. */
function activitiesOf(recordOf: () => RunRecord, facts?: object) {
  const recorded = recordedRun(recordOf(), {
    get source() {
      return source;
    },
    get target() {
      return target;
    },
  });
  const { deps } = recorded;
  const activities = createVeleroActivities({
    ...deps,
    store: {
      ...deps.store,
      runs: {
        ...deps.store.runs,
        get: async (ref: RunRef) =>
          ref.attempt === recordOf().attempt ? deps.store.runs.get(ref) : facts && { facts },
      },
      ...replicationRepository(),
    } as unknown as typeof deps.store,
  });
  return { recorded, activities, log: recorded.log, created: recorded.created };
}

const replicationRepository = () => ({
  resources: {
    get: async () => ({
      metadata: { name: 'storage', uid: record.storage.uid },
      spec: {
        backupStorageProvider: 'aws',
        backupStorageConfig: {
          awsBucketName: fromEnvironment('S3_BUCKET'),
          awsRegion: fromEnvironment('S3_REGION'),
          awsS3Url: fromEnvironment('S3_URL'),
          credsSecretRef: { namespace: 'openshift-config', name: 'storage' },
        },
      },
    }),
  },
  secrets: fakeSecrets({
    'aws-access-key-id': fromEnvironment('S3_ACCESS_KEY'),
    'aws-secret-access-key': fromEnvironment('S3_SECRET_KEY'),
  }),
});

/** Objects of this test among Velero's, gone when it resolves. */
async function removeAll(client: ClusterClient, type: ApiType, labelSelector = OURS): Promise<void> {
  const { items } = await client.list(type, { namespace: MIGRATION_NAMESPACE, labelSelector });
  for (const { metadata } of items) {
    const ref = { ...type, namespace: MIGRATION_NAMESPACE, name: metadata.name };
    await client.remove(ref);
    await waitUntilGone(client, ref);
  }
}

/** By Velero from the bucket and the source, then the copy on the target. */
async function removeBackups(): Promise<void> {
  const { items } = await source.list(BACKUP, { namespace: MIGRATION_NAMESPACE, labelSelector: OURS });
  for (const { metadata } of items) {
    const { name, namespace } = metadata;
    await source.create({
      apiVersion: VELERO_API,
      kind: 'DeleteBackupRequest',
      metadata: { name, namespace },
      spec: { backupName: name },
    });
    await waitUntilGone(source, { ...BACKUP, namespace, name });
  }
  await removeAll(target, BACKUP);
}

async function makeNamespace(client: ClusterClient, name: string): Promise<void> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const [kind, always] of [
    ['ServiceAccount', 'default'],
    ['ConfigMap', 'kube-root-ca.crt'],
  ] as const) {
    await waitForObject(client, { apiVersion: 'v1', kind, namespace: name, name: always }, () => true);
  }
}

async function read(client: ClusterClient, kind: string, name: string, namespace?: string): Promise<KubeObject> {
  const found = await client.get({ apiVersion: 'v1', ...TYPES[kind], kind, namespace, name });
  if (!found) throw new Error(`${client.name} has no ${kind} ${name}`);
  return found;
}

/** What was on the target before us, as canonical JSON. */
async function foreignState(): Promise<(string | undefined)[]> {
  const kinds = ['ConfigMap', 'Secret', 'ServiceAccount', 'Service', 'Deployment'];
  const lists = await Promise.all(
    kinds.map((kind) => target.list({ apiVersion: 'v1', ...TYPES[kind], kind }, { namespace: mail })),
  );
  const namespace = await read(target, 'Namespace', mail);
  return [namespace, ...lists.flatMap(({ items }) => items)]
    .filter(({ metadata }) => metadata.name !== 'new')
    .map(({ metadata: { name, labels, annotations, uid }, status: _, ...rest }) =>
      canonicalize({ ...rest, metadata: { name, labels, annotations, uid } }),
    )
    .sort();
}

const APPS = { apiVersion: 'apps/v1' };
const BATCH = { apiVersion: 'batch/v1' };
const RBAC = (kind: string) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind });
const TYPES: Record<string, { apiVersion: string }> = {
  Deployment: APPS,
  StatefulSet: APPS,
  ReplicaSet: APPS,
  CronJob: BATCH,
  Job: BATCH,
  Role: RBAC('Role'),
  RoleBinding: RBAC('RoleBinding'),
  ClusterRoleBinding: RBAC('ClusterRoleBinding'),
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1' },
  Schedule: { apiVersion: VELERO_API },
};

function object(kind: string, name: string, namespace: string | undefined, body: object = {}): KubeObject {
  const { metadata, ...rest } = body as Partial<KubeObject>;
  return {
    apiVersion: 'v1',
    ...TYPES[kind],
    kind,
    metadata: { name, ...(namespace && { namespace }), labels: { team: 'shop' }, ...metadata },
    ...rest,
  };
}

const nodePortService = () => ({ spec: { type: 'NodePort', ports: [{ port: 80, nodePort: NODE_PORT }] } });

/** Its owner was made before it. */
async function createWithOwner(made: KubeObject): Promise<void> {
  const [owner] = made.metadata.ownerReferences ?? [];
  if (owner) owner.uid = (await read(source, owner.kind, owner.name, shop)).metadata.uid ?? '';
  await source.create(made);
}

function shopObjects(): KubeObject[] {
  const template = (app: string, more: object = {}) => ({
    metadata: { labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: fromEnvironment('TRANSFER_IMAGE'), command: ['sleep', '3600'] }],
      ...more,
    },
  });
  const controlled = (app: string, replicas: number) => ({
    replicas,
    selector: { matchLabels: { app } },
    template: template(app),
  });
  const job = { parallelism: 0, template: template('job', { restartPolicy: 'Never' }) };
  const halted = { metadata: { annotations: { [ANNOTATIONS.preQuiesceReplicas]: '2' }, labels: { team: 'shop' } } };
  const ownedBy = (kind: string, name: string) => ({
    metadata: { labels: { app: name }, ownerReferences: [{ ...TYPES[kind], kind, name, uid: '', controller: true }] },
  });
  const subjects = [
    { kind: 'ServiceAccount', name: 'web', namespace: shop },
    { kind: 'Group', name: `system:serviceaccounts:${shop}`, apiGroup: 'rbac.authorization.k8s.io' },
  ];
  const claim = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'here',
  };
  return [
    object('ConfigMap', 'settings', shop, { data: { color: 'red' } }),
    object('Secret', 'password', shop, { stringData: { password: 'x' } }),
    object('Secret', 'keys-of-a-helper', shop, { metadata: { labels: { [LABELS.helper]: record.migration.uid } } }),
    object('ServiceAccount', 'web', shop, { imagePullSecrets: [{ name: 'registry' }] }),
    ...['token', 'web-token-x2v4z'].map((name) =>
      object('Secret', name, shop, {
        type: 'kubernetes.io/service-account-token',
        metadata: { annotations: { 'kubernetes.io/service-account.name': 'web' } },
      }),
    ),
    object('ConfigMap', 'openshift-service-ca.crt', shop, { data: { 'service-ca.crt': 'of the source' } }),
    object('Role', 'web', shop, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    object('RoleBinding', 'web', shop, {
      roleRef: { kind: 'Role', name: 'web', apiGroup: 'rbac.authorization.k8s.io' },
      subjects,
    }),
    object('ClusterRoleBinding', `velero-${suffix}`, undefined, {
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: subjects.slice(0, 1),
    }),
    object('NetworkPolicy', 'inside', shop, {
      spec: {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop } } }] }],
      },
    }),
    object('Service', 'web', shop, { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
    object('Service', 'alias', shop, { spec: { type: 'ExternalName', externalName: `web.${shop}.svc.cluster.local` } }),
    object('Service', 'outside', shop, nodePortService()),
    object('Service', 'elsewhere', shop, { spec: { ports: [{ port: 5432 }] } }),
    object('Endpoints', 'elsewhere', shop, {
      subsets: [{ addresses: [{ ip: '192.0.2.10' }], ports: [{ port: 5432 }] }],
    }),
    object('Deployment', 'web', shop, { ...halted, spec: controlled('web', 0) }),
    // It was not halted: it must not run on the target all the same.
    object('Deployment', 'forgotten', shop, { spec: controlled('forgotten', 1) }),
    object('ReplicaSet', 'web-5c8f7', shop, { ...ownedBy('Deployment', 'web'), spec: controlled('web', 0) }),
    object('ReplicaSet', 'standalone', shop, { spec: controlled('standalone', 0) }),
    object('StatefulSet', 'db', shop, {
      spec: {
        ...controlled('db', 0),
        serviceName: 'db',
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      },
    }),
    object('PersistentVolumeClaim', 'data-db-0', shop, { spec: claim }),
    object('CronJob', 'nightly', shop, { spec: { schedule: '0 3 * * *', suspend: true, jobTemplate: { spec: job } } }),
    object('Job', 'nightly-1', shop, { ...ownedBy('CronJob', 'nightly'), spec: job }),
    object('Job', 'import', shop, { spec: job }),
    object('Pod', 'tool', shop, { spec: template('tool').spec }),
    // A custom resource whose definition Velero knows: it looks for new ones every five minutes only.
    object('Schedule', 'first', shop, { spec: { schedule: '0 3 * * *', paused: true, template: {} } }),
  ];
}

/** On both clusters before, with other content on the target. */
const mailObjects = (): KubeObject[] => [
  object('ConfigMap', 'settings', mail, { data: { color: 'red' } }),
  object('Secret', 'password', mail, { stringData: { password: 'x' } }),
  object('ServiceAccount', 'web', mail, { imagePullSecrets: [{ name: 'registry' }] }),
  object('Service', 'web', mail, { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
];
const beforeUs = {
  metadata: { labels: { team: 'other' }, annotations: { note: 'was here first' } },
  imagePullSecrets: null,
};
