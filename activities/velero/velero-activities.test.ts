import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { ModifierRule } from '../../resources/transforms/resource-modifiers.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { fakeSecrets } from '../../test/kit/fakes/fake-secrets.js';
import { recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { recordContent } from './backup-content.js';
import { createVeleroActivities } from './index.js';

const BACKUP = 'move-migratio-initial';
const RESTORE = 'move-migratio-final';

/** Stands in for the bucket: whatever is asked for, these are Velero's results. */
const results = { errors: { velero: ['server: out of memory'], namespaces: { shop: ['web: denied'] } }, warnings: {} };
let etag: string;
let deps: ActivityDependencies;
const bucket = createServer((_, response) => response.writeHead(200, { etag }).end(gzipSync(JSON.stringify(results))));
let s3Url: string;

let source: FakeCluster;
let target: FakeCluster;
let record: RunRecord;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createVeleroActivities>;
let runs: Record<string, { facts: object }>;

const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  new MockActivityEnvironment().run<[Input], Result, typeof activity>(activity, input);

const velero = (kind: string, name: string, body: object = {}): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind,
  metadata: { name, namespace: MIGRATION_NAMESPACE },
  ...body,
});
const server = (readyReplicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'velero', namespace: MIGRATION_NAMESPACE },
  spec: { replicas: 1 },
  status: {
    readyReplicas,
    conditions: readyReplicas ? [] : [{ type: 'Available', status: 'False', message: 'No image.' }],
  },
});
const restored = (kind: string, name: string, labels: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', labels },
});

/** Velero's part: every new location, Backup and Restore gets this status. */
function veleroAnswers(cluster: FakeCluster, status: object): void {
  cluster.react = ({ apiVersion, kind, metadata, status: present }) => {
    if (apiVersion === 'velero.io/v1' && !present) {
      setImmediate(() => cluster.edit({ kind, namespace: metadata.namespace, name: metadata.name }, { status }));
    }
  };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  s3Url = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`;
});
afterAll(() => bucket.close());

beforeEach(() => {
  etag = '"written-by-velero"';
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  source = new FakeCluster('source', server(1), namespace);
  target = new FakeCluster('target', server(1), namespace);
  record = runRecord();
  record.source.clusterUid = 'one';
  record.target.clusterUid = 'other';
  recorded = recordedRun(record, { source: source.client, target: target.client });
  runs = {};
  const { store } = recorded.deps;
  deps = {
    ...recorded.deps,
    store: {
      ...store,
      runs: { ...store.runs, get: async ({ uid }: { uid: string }) => runs[uid] },
      resources: { get: async () => migStorage() },
      secrets: fakeSecrets({ 'aws-access-key-id': 'me', 'aws-secret-access-key': 'secret' }),
    } as unknown as typeof store,
  };
  activities = createVeleroActivities(deps);
});

/** As it is when the Backup has ended. */
const knownContent = () => recordContent(deps, { run, record, backup: BACKUP, signal: new AbortController().signal });

const migStorage = () => ({
  metadata: { name: 'storage', uid: 'storage-uid' },
  spec: {
    backupStorageProvider: 'aws',
    backupStorageConfig: { awsBucketName: 'bucket', awsS3Url: s3Url, credsSecretRef: { namespace: 'a', name: 'b' } },
  },
});
const run = refOf(runRecord());

describe('ensureBackupLocations', () => {
  const location = { kind: 'BackupStorageLocation', namespace: MIGRATION_NAMESPACE, name: 'storage-storageu' };
  const written = () => [...source.mutations.splice(0), ...target.mutations.splice(0)];

  beforeEach(() => {
    veleroAnswers(source, { phase: 'Available' });
    veleroAnswers(target, { phase: 'Available' });
  });

  it('makes Secret and location on both clusters, and writes nothing when they are right', async () => {
    await perform(activities.ensureBackupLocations, { run });
    expect(written()).toHaveLength(4);
    await perform(activities.ensureBackupLocations, { run });
    expect(written()).toEqual([]);
  });

  it('asks once on a cluster that is both source and target', async () => {
    record.source.clusterUid = record.target.clusterUid;
    await perform(activities.ensureBackupLocations, { run });
    expect(source.mutations).toEqual([]);
    expect(target.mutations).toHaveLength(2);
  });

  it('has Velero look again after the credentials changed, and after a time it could not reach the store', async () => {
    await perform(activities.ensureBackupLocations, { run });
    written();
    const secret = { kind: 'Secret', namespace: MIGRATION_NAMESPACE, name: location.name };
    source.edit(secret, { data: { cloud: 'b2xk' } });
    target.edit(location, { status: { phase: 'Unavailable', message: 'timeout' } });
    await perform(activities.ensureBackupLocations, { run });
    expect(written().sort()).toEqual([
      `patch BackupStorageLocation ${MIGRATION_NAMESPACE}/${location.name}`,
      `patch BackupStorageLocation ${MIGRATION_NAMESPACE}/${location.name}`,
      `patch Secret ${MIGRATION_NAMESPACE}/${location.name}`,
    ]);
  });

  it("gives up with Velero's own words", async () => {
    record.settings.patience.backup = 1;
    veleroAnswers(target, { phase: 'Unavailable', message: 'no such bucket' });
    await expect(perform(activities.ensureBackupLocations, { run })).rejects.toMatchObject({
      report: { type: 'PatienceSpent', why: 'On target: no such bucket.' },
    });
  });

  it("waits in Prepare until the source's Velero knows a new type, and for no other", async () => {
    const knownIn = async (milliseconds: number, serverAge?: number) => {
      const creationTimestamp = new Date(Date.now() + milliseconds - 315_000).toISOString();
      const metadata = { name: 'gadgets.example.com', creationTimestamp };
      source = new FakeCluster(
        'source',
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata },
        { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'first', namespace: 'shop' } },
        ...(serverAge === undefined ? [] : [serverPod(serverAge)]),
      );
      veleroAnswers(source, { phase: 'Available' });
      recorded.deps.clusters.connect = async ({ name }) => (name === 'source' ? source.client : target.client);
      const started = Date.now();
      await perform(activities.ensureBackupLocations, { run });
      return Date.now() - started;
    };
    expect(await knownIn(1_500)).toBeGreaterThan(1_400);
    expect(await knownIn(-1)).toBeLessThan(1_000);
    // A server asks for all types when it starts.
    expect(await knownIn(1_500, 60_000)).toBeLessThan(1_000);
    expect(await knownIn(1_500, 600_000)).toBeGreaterThan(1_400);
  });

  it('says that Velero is not installed', async () => {
    target.create = async () => {
      throw await target.patch(velero('Nothing', 'x') as never, {}).catch((error: unknown) => error);
    };
    await expect(perform(activities.ensureBackupLocations, { run })).rejects.toMatchObject({
      report: { type: 'NotFound', what: 'Velero is not installed' },
    });
  });
});

describe('the Backup', () => {
  it('is made once, however often the activity runs', async () => {
    expect(await perform(activities.createBackup, { run })).toEqual({ backup: BACKUP });
    source.mutations.splice(0);
    expect(await perform(activities.createBackup, { run })).toEqual({ backup: BACKUP });
    expect(source.mutations).toEqual([]);
  });

  it('is created again when the run continues after Velero gave one up', async () => {
    await perform(activities.createBackup, { run });
    source.set({ ...(source.find('Backup', BACKUP) as KubeObject), status: { phase: 'Failed' } });
    expect(await perform(activities.createBackup, { run })).toEqual({ backup: `${BACKUP}-again2` });
    expect(await perform(activities.createBackup, { run })).toEqual({ backup: `${BACKUP}-again2` });
  });

  it('is not taken for the run’s when others put one under its name', async () => {
    await source.create(velero('Backup', BACKUP, { status: { phase: 'Completed' } }));
    await expect(perform(activities.createBackup, { run })).rejects.toMatchObject({ report: { type: 'Refused' } });
  });

  it('leaves out the types of which controllers made all objects', async () => {
    const owner = [{ apiVersion: 'v1', kind: 'Owner', name: 'o', uid: 'u', controller: true }];
    await source.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'single', namespace: 'shop' } });
    await source.create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'nightly-1', namespace: 'shop', ownerReferences: owner },
    });
    await perform(activities.createBackup, { run });
    const { excludedResources } = source.find('Backup', BACKUP, MIGRATION_NAMESPACE)?.spec ?? {};
    expect(excludedResources).toEqual(expect.arrayContaining(['pods', 'jobs.batch', 'endpoints']));
    expect(excludedResources).not.toContain('replicasets.apps');
  });

  it.each<[string, object, object]>([
    ['Completed', { progress: { itemsBackedUp: 31 } }, { items: 31, warnings: [] }],
    [
      'PartiallyFailed',
      { errors: 2, progress: { itemsBackedUp: 30 } },
      {
        items: 30,
        warnings: [
          `Backup ${BACKUP} on cluster source has 2 errors.`,
          'server: out of memory.',
          'shop: web: denied.',
          `More: velero -n openshift-migration backup describe ${BACKUP} --details.`,
        ],
      },
    ],
  ])('that is %s', async (phase, status, outcome) => {
    veleroAnswers(source, { phase, ...status });
    await source.create(velero('Backup', BACKUP));
    expect(await perform(activities.waitForBackup, { run, backup: BACKUP })).toEqual(outcome);
    expect(recorded.log.map(({ text }) => text)).toEqual(
      phase === 'Completed' ? [] : ['error: server: out of memory\nerror: shop: web: denied'],
    );
  });

  it.each<[string, object, RegExp]>([
    ['Failed', { failureReason: 'store gone' }, /store gone/],
    ['FailedValidation', { validationErrors: ['no such location'] }, /no such location/],
  ])('that is %s fails the step with the reason', async (phase, status, reason) => {
    veleroAnswers(source, { phase, ...status });
    await source.create(velero('Backup', BACKUP));
    await expect(perform(activities.waitForBackup, { run, backup: BACKUP })).rejects.toMatchObject({
      report: { type: 'BackupFailed', what: `Backup ${BACKUP} is ${phase}`, why: expect.stringMatching(reason) },
    });
  });

  it('that is deleted before it ends fails the step', async () => {
    await expect(perform(activities.waitForBackup, { run, backup: BACKUP })).rejects.toThrow(/is gone/);
  });

  it('is waited for as long as an earlier one moves, and names a Velero that is down', async () => {
    record.settings.patience.backup = 2;
    source = new FakeCluster('source', server(0), velero('Backup', BACKUP), velero('Backup', 'earlier'));
    recorded.deps.clusters.connect = async () => source.client;
    const started = Date.now();
    const moving = setInterval(() => {
      if (Date.now() - started < 3_000) {
        source.edit(
          { kind: 'Backup', namespace: MIGRATION_NAMESPACE, name: 'earlier' },
          { status: { moved: Date.now() } },
        );
      }
    }, 500);
    const waited = perform(activities.waitForBackup, { run, backup: BACKUP });
    await expect(waited).rejects.toMatchObject({
      report: {
        type: 'PatienceSpent',
        what: expect.stringContaining('deployment velero in namespace openshift-migration on cluster source'),
        why: `Deployment velero has 0 of 1 pods ready. No image. Backup ${BACKUP} is New behind earlier.`,
      },
    });
    clearInterval(moving);
    expect(Date.now() - started).toBeGreaterThan(4_500);
  });

  it('is put on the target with its status', async () => {
    await source.create(velero('Backup', BACKUP, { spec: { storageLocation: 's' }, status: { phase: 'Completed' } }));
    await perform(activities.copyBackupToTarget, { run, backup: BACKUP });
    await perform(activities.copyBackupToTarget, { run, backup: BACKUP });
    expect(target.find('Backup', BACKUP, MIGRATION_NAMESPACE)?.status).toEqual({ phase: 'Completed' });
    expect(target.mutations).toHaveLength(1);
  });
});

describe('the Restore', () => {
  beforeEach(async () => {
    runs[run.uid] = { facts: recorded.facts };
    await knownContent();
    await target.create(velero('Backup', BACKUP, { spec: { excludedResources: ['pods'] } }));
    target.mutations.splice(0);
  });

  it('is made once, with its modifiers', async () => {
    expect(await perform(activities.createRestore, { run, backup: BACKUP })).toEqual({ restore: RESTORE });
    await perform(activities.createRestore, { run, backup: BACKUP });
    expect(target.mutations).toEqual([
      `create ConfigMap ${MIGRATION_NAMESPACE}/mtc-restore-modifiers-migratio-1`,
      `create Restore ${MIGRATION_NAMESPACE}/${RESTORE}`,
    ]);
  });

  it('comes with the security constraints that name its service accounts, and leaves those that are there', async () => {
    record.namespaces = [{ source: 'shop', target: 'store' }];
    await target.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'store' },
    });
    const constraints = (name: string, ...users: string[]): KubeObject => ({
      apiVersion: 'security.openshift.io/v1',
      kind: 'SecurityContextConstraints',
      metadata: { name, uid: name, resourceVersion: '1' },
      users,
    });
    await source.create({
      ...constraints('ours', 'system:serviceaccount:shop:web', 'admin', 'system:serviceaccount:shopping:web'),
      groups: ['system:authenticated', 'system:serviceaccounts:shop', 'system:serviceaccounts'],
      priority: 100,
      allowPrivilegedContainer: true,
    });
    await source.create(constraints('shared', 'system:serviceaccount:shop:web'));
    await source.create(constraints('foreign', 'system:serviceaccount:shopping:web'));
    await target.create(constraints('shared', 'admin'));
    source.unserved = [];
    target.unserved = [];
    await perform(activities.createRestore, { run, backup: BACKUP });
    const there = (name: string) => target.find('SecurityContextConstraints', name);
    expect(there('ours')).toMatchObject({
      users: ['system:serviceaccount:store:web'],
      groups: ['system:serviceaccounts:store'],
      priority: null,
      allowPrivilegedContainer: true,
      metadata: { labels: { [LABELS.migratedByPlan]: 'plan-uid' } },
    });
    expect(there('shared')?.users).toEqual(['admin']);
    expect(there('foreign')).toBeUndefined();
    expect(recorded.created.filter(({ kind }) => kind === 'SecurityContextConstraints')).toHaveLength(1);
    expect(recorded.log).toMatchObject([
      { source: 'securitycontextconstraints shared', text: expect.stringContaining('system:serviceaccount:store:web') },
    ]);
  });

  describe('from a bucket that others write too', () => {
    beforeEach(async () => {
      veleroAnswers(source, { phase: 'Completed' });
      await source.create(velero('Backup', BACKUP));
      await perform(activities.waitForBackup, { run, backup: BACKUP });
      runs[run.uid] = { facts: recorded.facts };
    });

    it('is made of what Velero wrote, and brings nothing beside the namespaces of the run', async () => {
      await perform(activities.createRestore, { run, backup: BACKUP });
      expect(target.find('Restore', RESTORE, MIGRATION_NAMESPACE)?.spec).toMatchObject({
        includedNamespaces: ['shop'],
      });
    });

    it('is not made of what nothing is known of', async () => {
      delete recorded.facts.backupContent;
      await expect(perform(activities.createRestore, { run, backup: BACKUP })).rejects.toMatchObject({
        report: { type: 'BackupAltered', what: `Nothing is recorded of the content of Backup ${BACKUP}` },
      });
      expect(target.find('Restore', RESTORE, MIGRATION_NAMESPACE)).toBeUndefined();
    });

    it('is not made again of anything else, for what was missing', async () => {
      Object.assign(recorded.facts, { backup: BACKUP, refusedTypes: ['widgets.shop.example'] });
      etag = '"written-by-another"';
      await expect(perform(activities.restoreAgain, { run })).rejects.toMatchObject({
        report: { type: 'BackupAltered' },
      });
      expect(target.mutations.join()).not.toContain('create Restore');
    });

    it('is not made of anything else', async () => {
      etag = '"written-by-another"';
      await expect(perform(activities.createRestore, { run, backup: BACKUP })).rejects.toMatchObject({
        report: { type: 'BackupAltered', where: expect.stringContaining(`backups/${BACKUP}/${BACKUP}.tar.gz`) },
      });
      expect(target.find('Restore', RESTORE, MIGRATION_NAMESPACE)).toBeUndefined();
    });
  });

  it('fails without its Backup', async () => {
    await expect(perform(activities.createRestore, { run, backup: 'other' })).rejects.toThrow(
      /other is not on the target/,
    );
  });

  it('finds nothing left of runs that were given up, and everything of all others', async () => {
    const earlier = async (uid: string, facts: object | undefined) => {
      if (facts) runs[uid] = { facts };
      await target.create(
        velero('Restore', `earlier-${uid}`, {
          metadata: {
            name: `earlier-${uid}`,
            namespace: MIGRATION_NAMESPACE,
            labels: { [LABELS.migratedByPlan]: 'plan-uid' },
            annotations: { 'migration.openshift.io/run': `${MIGRATION_NAMESPACE}/earlier/${uid}/1` },
          },
          spec: { backupName: `backup-${uid}` },
        }),
      );
      await target.create(restored('ConfigMap', uid, { [LABELS.migratedByBackup]: `backup-${uid}` }));
    };
    await earlier('given-up', { quiesceOwed: true });
    await earlier('committed', { commitPoint: '2026-01-01T00:00:00Z' });
    await earlier('unknown', undefined);
    await perform(activities.createRestore, { run, backup: BACKUP });
    expect(target.mutations.filter((write) => write.startsWith('delete'))).toEqual(['delete ConfigMap shop/given-up']);
  });

  it('is not begun while a finalizer holds what an earlier attempt left, and nothing is halted for it', async () => {
    runs['given-up'] = { facts: { quiesceOwed: true } };
    record.settings.patience = { ...record.settings.patience, restore: 1 };
    await target.create(
      velero('Restore', 'earlier', {
        metadata: {
          name: 'earlier',
          namespace: MIGRATION_NAMESPACE,
          labels: { [LABELS.migratedByPlan]: 'plan-uid' },
          annotations: { 'migration.openshift.io/run': `${MIGRATION_NAMESPACE}/earlier/given-up/1` },
        },
        spec: { backupName: 'backup-1' },
      }),
    );
    const service = restored('Service', 'web', { [LABELS.migratedByBackup]: 'backup-1' });
    service.metadata.finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
    await target.create(service);
    const remove = target.remove.bind(target);
    target.remove = async (ref, ...rest) => (ref.kind === 'Service' ? true : remove(ref, ...rest));
    await expect(perform(activities.removeLeftovers, { run })).rejects.toMatchObject({
      report: { type: 'PatienceSpent', why: expect.stringContaining('service.kubernetes.io/load-balancer-cleanup') },
    });
    target.remove = remove;
    // Its finalizer is taken off, and it goes; one without any is removed at once.
    target.delete({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' });
    await target.create(restored('Service', 'api', { [LABELS.migratedByBackup]: 'backup-1' }));
    expect(await perform(activities.removeLeftovers, { run })).toEqual({ removed: 1 });
    expect(await perform(activities.removeLeftovers, { run })).toEqual({ removed: 0 });
  });

  it('gives accounts a binding of their own where the target knows one of the name', async () => {
    record.namespaces = [{ source: 'shop', target: 'store' }];
    await target.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'store' },
    });
    const binding = (name: string, role: string, ...namespaces: string[]): KubeObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { kind: 'ClusterRole', name: role },
      subjects: namespaces.map((namespace) => ({ kind: 'ServiceAccount', name: 'robot', namespace })),
    });
    for (const name of ['nodes', 'admins']) await source.create(binding(name, 'reader', 'other', 'shop'));
    await target.create(binding('nodes', 'reader', 'other-new', 'shop'));
    await target.create(binding('admins', 'cluster-admin'));
    const made = await perform(activities.createRestore, { run, backup: BACKUP });
    expect(made.warnings).toMatchObject([
      { type: 'ClusterObjectsDiffer', message: expect.stringContaining('admins (ServiceAccount store/robot)') },
    ]);
    const { data } = [...target.objects.values()].find(({ kind }) => kind === 'ConfigMap') as KubeObject;
    const rules = parse(data['resource-modifiers.yaml']).resourceModifierRules;
    expect(rules.at(-1).conditions.resourceNameRegex).toBe('^(nodes)$');
    expect(JSON.parse(rules.at(-1).mergePatches[0].patchData)).toEqual({
      metadata: { name: expect.stringMatching(/^nodes-[0-9a-f]{8}$/) },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'store' }],
    });
    expect(target.find('ClusterRoleBinding', 'nodes')?.subjects).toHaveLength(2);
  });

  it.each(['Completed', 'Failed'])('that is %s: what it brought is recorded, strays go', async (phase) => {
    const ours = { [LABELS.migratedByMigration]: run.uid };
    await target.create(restored('Secret', 'password', ours));
    await target.create(restored('Job', 'nightly-1', { ...ours, [LABELS.helperRole]: 'stray' }));
    await target.create(restored('Secret', 'foreign', {}));
    veleroAnswers(target, { phase, progress: { itemsRestored: 2 } });
    await target.create(velero('Restore', RESTORE));
    const waited = perform(activities.waitForRestore, { run, restore: RESTORE });
    if (phase === 'Failed') await expect(waited).rejects.toMatchObject({ report: { type: 'RestoreFailed' } });
    else expect(await waited).toEqual({ items: 2, warnings: [] });
    expect(recorded.created).toMatchObject([{ kind: 'Secret', namespace: 'shop', name: 'password' }]);
    expect(target.find('Job', 'nightly-1', 'shop')).toBeUndefined();
  });

  it('brings nothing that the cluster makes for itself, and its addresses neither', async () => {
    record.namespaces = [{ source: 'default', target: 'store' }];
    const there = (kind: string, name: string): KubeObject => ({
      apiVersion: kind === 'EndpointSlice' ? 'discovery.k8s.io/v1' : 'v1',
      kind,
      metadata: { name, namespace: 'default' },
    });
    for (const kind of ['Service', 'Endpoints', 'EndpointSlice']) await source.create(there(kind, 'kubernetes'));
    await source.create(there('ConfigMap', 'kube-root-ca.crt'));
    await source.create(there('ConfigMap', 'settings'));
    // Written by a user, so that slices travel.
    await source.create(there('EndpointSlice', 'database'));
    await target.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'store' } });
    await perform(activities.createRestore, { run, backup: BACKUP });
    const modifiers = target.find('ConfigMap', 'mtc-restore-modifiers-migratio-1', MIGRATION_NAMESPACE);
    const rules = (parse(modifiers?.data['resource-modifiers.yaml']).resourceModifierRules as ModifierRule[]).filter(
      ({ mergePatches: [patch] }) => patch?.patchData.includes('"stray"'),
    );
    expect(rules.map(({ conditions }) => `${conditions.groupResource} ${conditions.resourceNameRegex}`).sort()).toEqual(
      [
        'configmaps ^(kube-root-ca\\.crt)$',
        'endpointslices.discovery.k8s.io ^(kubernetes)$',
        'services ^(kubernetes)$',
      ],
    );
  });

  it('removes addresses that were marked as not to stay', async () => {
    const labels = { [LABELS.migratedByMigration]: run.uid, [LABELS.helperRole]: 'stray' };
    await target.create({ ...restored('EndpointSlice', 'kubernetes', labels), apiVersion: 'discovery.k8s.io/v1' });
    await target.create(restored('Service', 'kubernetes', labels));
    veleroAnswers(target, { phase: 'Completed' });
    await target.create(velero('Restore', RESTORE));
    await perform(activities.waitForRestore, { run, restore: RESTORE });
    expect(target.find('Service', 'kubernetes', 'shop')).toBeUndefined();
    expect(target.find('EndpointSlice', 'kubernetes', 'shop')).toBeUndefined();
    expect(recorded.created).toEqual([]);
  });

  it('makes empty what a user made to hold a token of a service account, once', async () => {
    const secret = (name: string): KubeObject => ({
      ...restored('Secret', name, {}),
      metadata: {
        name,
        namespace: 'shop',
        annotations: { 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'u' },
      },
      type: 'kubernetes.io/service-account-token',
      data: { token: 'eA==' },
    });
    await source.create(secret('robot-access'));
    await source.create(secret('robot-token-abcde'));
    veleroAnswers(target, { phase: 'Completed' });
    await target.create(velero('Restore', RESTORE));
    for (let turn = 0; turn < 2; turn += 1) await perform(activities.waitForRestore, { run, restore: RESTORE });
    const arrived = target.find('Secret', 'robot-access', 'shop');
    expect(arrived).toMatchObject({
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      type: 'kubernetes.io/service-account-token',
    });
    expect(arrived).not.toHaveProperty('data');
    expect(arrived?.metadata.annotations).not.toHaveProperty('kubernetes.io/service-account.uid');
    expect(target.find('Secret', 'robot-token-abcde', 'shop')).toBeUndefined();
    expect(target.mutations.filter((write) => write === 'create Secret shop/robot-access')).toHaveLength(1);
    expect(new Set(recorded.created.map(({ kind, name }) => `${kind} ${name}`))).toEqual(
      new Set(['Secret robot-access']),
    );
  });
});

describe('a Restore whose modifiers Velero does not know yet', () => {
  const refused = {
    phase: 'FailedValidation',
    validationErrors: [`failed to get resource modifiers configmap ${MIGRATION_NAMESPACE}/modifiers`],
  };
  const restore = velero('Restore', RESTORE, { spec: { resourceModifier: { kind: 'configmap', name: 'modifiers' } } });

  it('is put before Velero again', async () => {
    await target.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'modifiers', namespace: MIGRATION_NAMESPACE },
    });
    const answers: object[] = [refused, { phase: 'Completed', progress: { itemsRestored: 1 } }];
    target.react = ({ kind, metadata, status }) => {
      const answer = kind === 'Restore' && !status && answers.shift();
      if (answer) setImmediate(() => target.edit({ kind, ...metadata }, { status: answer }));
    };
    await target.create(restore);
    expect(await perform(activities.waitForRestore, { run, restore: RESTORE })).toEqual({ items: 1, warnings: [] });
  });

  it('fails when they are not there', async () => {
    veleroAnswers(target, refused);
    await target.create(restore);
    await expect(perform(activities.waitForRestore, { run, restore: RESTORE })).rejects.toMatchObject({
      report: { type: 'RestoreFailed' },
    });
  });
});

describe('waitForRestoreIdle', () => {
  const untilIdle = () => recorded.unwinding(() => perform(activities.waitForRestoreIdle, { run }));
  const ours = (phase?: string) =>
    velero('Restore', RESTORE, {
      metadata: { name: RESTORE, namespace: MIGRATION_NAMESPACE, labels: { [LABELS.finalRestore]: run.uid } },
      ...(phase && { status: { phase } }),
    });

  it('resolves when none was made', async () => {
    await untilIdle();
  });

  it('withdraws one that Velero has not begun', async () => {
    await target.create(ours());
    await untilIdle();
    expect(target.find('Restore', RESTORE, MIGRATION_NAMESPACE)).toBeUndefined();
  });

  it('waits for one that runs, and records what it brought', async () => {
    await target.create(ours('InProgress'));
    await target.create(restored('ConfigMap', 'late', { [LABELS.migratedByMigration]: run.uid }));
    let idle = false;
    const waited = untilIdle().then(() => {
      idle = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(idle).toBe(false);
    target.edit({ kind: 'Restore', namespace: MIGRATION_NAMESPACE, name: RESTORE }, { status: { phase: 'Completed' } });
    await waited;
    expect(recorded.created).toMatchObject([{ name: 'late' }]);
  });
});

const serverPod = (age: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'velero-0', namespace: MIGRATION_NAMESPACE, labels: { deploy: 'velero' } },
  status: { containerStatuses: [{ state: { running: { startedAt: new Date(Date.now() - age).toISOString() } } }] },
});

describe('what Velero tells of a Restore', () => {
  const before = structuredClone(results);
  const tells = (told: { errors?: string[]; warnings?: string[] }): void => {
    Object.assign(results, {
      errors: { namespaces: { shop: told.errors } },
      warnings: { namespaces: { shop: told.warnings } },
    });
  };
  const waitFor = async (phase: string, counts: object) => {
    veleroAnswers(target, { phase, ...counts });
    await target.create(velero('Restore', RESTORE));
    return perform(activities.waitForRestore, { run, restore: RESTORE });
  };
  const settings = (data: object): KubeObject => ({ ...restored('ConfigMap', 'settings', {}), data });
  const call = 'failed calling webhook "w": failed to call webhook: Post "https://guard.shop.svc:443/": no endpoints';
  const refused = `error restoring widgets.shop.example/shop/one: Internal error occurred: ${call}`;
  const thereAlready = (name: string) =>
    `could not restore, ConfigMap "${name}" already exists. Warning: the in-cluster version is different`;
  beforeEach(() => {
    runs[run.uid] = { facts: recorded.facts };
    Object.assign(recorded.facts, {
      backup: BACKUP,
      haltedWorkloads: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u' }],
    });
  });
  afterEach(() => void Object.assign(results, before));

  it('what was there and differs is told, and nothing else: our labels alone make none', async () => {
    await source.create(settings({ mode: 'production' }));
    await target.create(settings({ mode: 'rehearsal' }));
    for (const cluster of [source, target]) await cluster.create(restored('ConfigMap', 'same', {}));
    await target.create(restored('ConfigMap', 'kube-root-ca.crt', {}));
    tells({ warnings: ['settings', 'same', 'kube-root-ca.crt'].map(thereAlready) });
    const { told, warnings } = await waitFor('Completed', { warnings: 3 });
    expect(warnings).toEqual([]);
    expect(told).toMatchObject([{ type: 'ObjectsOnTarget' }]);
    expect(told?.[0]?.message).toContain('as they are: ConfigMap shop/settings.');
  });

  it('a workload that was halted and refused turns the run back, in the words of the target', async () => {
    tells({ errors: ['error restoring deployments.apps/shop/web: policy says no'] });
    await expect(waitFor('PartiallyFailed', { errors: 1 })).rejects.toThrow(
      /deployments.apps\/shop\/web: policy says no/,
    );
  });

  it('another workload that was refused is a warning', async () => {
    tells({ errors: ['error restoring deployments.apps/shop/other: policy says no'] });
    expect((await waitFor('PartiallyFailed', { errors: 1 })).warnings[0]).toMatch(/has 1 errors/);
  });

  it('what waits for a webhook in a namespace of another name turns the run back', async () => {
    record.namespaces = [{ source: 'shop', target: 'store' }];
    tells({ errors: [refused] });
    await expect(waitFor('PartiallyFailed', { errors: 1 })).rejects.toThrow(/widgets.shop.example\/shop\/one/);
  });

  it("what waits for the application's own webhook is restored again when that runs", async () => {
    await target.create(velero('Backup', BACKUP, { spec: {} }));
    await knownContent();
    tells({ errors: [refused] });
    expect(await waitFor('PartiallyFailed', { errors: 1 })).toMatchObject({ warnings: [], again: true });
    expect(recorded.facts.refusedTypes).toEqual(['widgets.shop.example']);

    const again = perform(activities.restoreAgain, { run });
    // The first one finds the webhook not there yet.
    await expect.poll(() => target.find('Restore', 'move-migratio-rest', MIGRATION_NAMESPACE)?.status).toBeDefined();
    tells({});
    veleroAnswers(target, { phase: 'Completed' });
    expect(await again).toEqual({ warnings: [] });
    expect(target.find('Restore', 'move-migratio-rest-again2', MIGRATION_NAMESPACE)?.spec.includedResources).toEqual([
      'widgets.shop.example',
    ]);
    expect(recorded.facts.refusedTypes).toEqual([]);
    const writes = target.mutations.length;
    await perform(activities.restoreAgain, { run });
    expect(target.mutations).toHaveLength(writes);
  });
});
