import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClusterConnections } from '../../activities/kit/cluster-connections.js';
import type { CheckActivities } from '../../activities/reconcile/contract.js';
import { createCheckActivities } from '../../activities/reconcile/index.js';
import { backupLocationName } from '../../activities/velero/backup-location-manifest.js';
import type { ClusterClient, ClusterConnections } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { waitForObject } from '../../clusters/wait-for.js';
import { findKind } from '../../resources/kinds/index.js';
import { type Condition, conditionsOf } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { administratorOf, kubeconfigOf, shellImage } from '../kit/cluster/real-cluster.js';
import { startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';
import { fromEnvironment } from '../kit/system/system.js';

const suffix = Date.now().toString(36);
const shop = `checks-shop-${suffix}`;
const actor = { name: 'tests' };

let temporary: TemporaryStore;
let clusters: ClusterConnections;
const hostCluster: { kubeconfig?: string } = {};
let checks: CheckActivities;
let source: ClusterClient;
let target: ClusterClient;
/** What the source is reached with. */
let url: string;
let caBundle: string | undefined;
let tokens: { good: string; powerless: string };

const ref = (name: string, namespace = MIGRATION_NAMESPACE) => ({ namespace, name });

/** As the API stores it: with the defaults of its kind. */
async function put(kind: string, name: string, spec: Record<string, unknown>): Promise<void> {
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, metadata: ref(name) };
  const filled = findKind(kind)?.spec?.parse(spec);
  await temporary.store.resources.create({ ...object, spec: filled }, { actor });
}

async function putSecret(name: string, values: Record<string, string>): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  const metadata = ref(name, 'openshift-config');
  await temporary.store.resources.create({ apiVersion: 'v1', kind: 'Secret', metadata, data }, { actor });
}

const stored = async (kind: string, name: string): Promise<KubeObject> => {
  const object = await temporary.store.resources.get({ kind, ...ref(name) });
  if (!object) throw new Error(`${kind} ${name} is gone`);
  return object;
};

const edit = (kind: string, name: string, change: (spec: KubeObject['spec']) => void) =>
  temporary.store.resources.update(
    { kind, ...ref(name) },
    (current) => {
      change(current.spec);
      return current;
    },
    { actor },
  );

const conditionOf = async (kind: string, name: string, type: string): Promise<Condition | undefined> =>
  conditionsOf(await stored(kind, name)).find((condition) => condition.type === type);

let clusterNumber = 0;
/** A MigCluster of the source with some things wrong; the name it got. */
async function brokenCluster(spec: Record<string, unknown>, token = tokens.good): Promise<string> {
  const name = `broken-${++clusterNumber}`;
  await putSecret(name, { saToken: token });
  const serviceAccountSecretRef = { name, namespace: 'openshift-config' };
  await put('MigCluster', name, { url, caBundle, serviceAccountSecretRef, ...spec });
  expect(await checks.checkCluster(ref(name))).toEqual({ exists: true, ready: false });
  return name;
}

async function tokenOf(client: ClusterClient, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${shop}/serviceaccounts/${account}/token`;
  const answer = (await client.request('POST', path, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  })) as KubeObject;
  return answer.status.token;
}

/** A plan's check leaves the replication repository on both clusters, for the runs that follow. */
async function removeBackupLocations(): Promise<void> {
  const { items } = await temporary.store.resources.list({ kind: 'MigStorage' });
  for (const { metadata } of items) {
    const name = backupLocationName(metadata.uid ?? '');
    for (const client of [source, target]) {
      await client.remove({ apiVersion: 'velero.io/v1', kind: 'BackupStorageLocation', ...ref(name) });
      await client.remove({ apiVersion: 'v1', kind: 'Secret', ...ref(name) });
    }
  }
}

const object = (apiVersion: string, kind: string, name: string, fields: Record<string, unknown> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: shop },
  ...fields,
});

beforeAll(async () => {
  const administrator = await administratorOf('source');
  source = connectCluster(administrator);
  target = connectCluster(await administratorOf('target'));
  ({ server: url, caBundle } = administrator);
  await source.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: shop, annotations: { 'openshift.io/sa.scc.uid-range': '1000700000/10000' } },
  });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: shop, name: 'default' };
  await waitForObject(source, account, () => true);
  await source.create(object('v1', 'ServiceAccount', 'mighty'));
  await source.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: shop },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'mighty', namespace: shop }],
  });
  tokens = { good: await tokenOf(source, 'mighty'), powerless: await tokenOf(source, 'default') };

  hostCluster.kubeconfig = kubeconfigOf('target');
  const images = { transferImage: shellImage() };
  temporary = await startTemporaryStore();
  const logger = pino({ level: 'silent' });
  clusters = createClusterConnections(temporary.store, logger, hostCluster);
  checks = createCheckActivities({ store: temporary.store, clusters, images, logger });
});

afterAll(async () => {
  await removeBackupLocations();
  await clusters?.close();
  await temporary?.remove();
  for (const client of [source, target]) {
    await client?.remove({ apiVersion: 'v1', kind: 'Namespace', name: shop });
  }
  await source?.remove({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: shop });
  await Promise.all([source?.close(), target?.close()]);
});

describe('a cluster', () => {
  it('is Ready with a good token, and as the host cluster without one', async () => {
    await putSecret('source', { saToken: tokens.good });
    const serviceAccountSecretRef = { name: 'source', namespace: 'openshift-config' };
    await put('MigCluster', 'source', { url, caBundle, serviceAccountSecretRef });
    await put('MigCluster', 'target', { isHostCluster: true });
    expect(await checks.checkCluster(ref('source'))).toEqual({ exists: true, ready: true });
    expect(await checks.checkCluster(ref('target'))).toEqual({ exists: true, ready: true });
    expect(await conditionOf('MigCluster', 'source', 'Ready')).toMatchObject({ status: 'True', category: 'Required' });
  });

  it('is left alone when a check finds nothing new', async () => {
    const before = await stored('MigCluster', 'source');
    await checks.checkCluster(ref('source'));
    expect(await stored('MigCluster', 'source')).toEqual(before);
  });

  it('with a wrong URL says which address did not answer', async () => {
    const name = await brokenCluster({ url: 'https://127.0.0.1:1' });
    const condition = await conditionOf('MigCluster', name, 'TestConnectFailed');
    expect(condition).toMatchObject({ category: 'Critical', reason: 'ConnectFailed' });
    expect(condition?.message).toMatch(
      `cluster "${name}" failed: https://127.0.0.1:1 refused the connection. Check host and port in spec.url`,
    );
  });

  it('with a wrong CA says which field holds it', async () => {
    const { caBundle: other } = await administratorOf('target');
    const name = await brokenCluster({ caBundle: other });
    const condition = await conditionOf('MigCluster', name, 'TestConnectFailed');
    expect(condition?.message).toContain('signed by an authority that is not trusted');
    expect(condition?.message).toContain('spec.caBundle');
  });

  it.each(['no token at all', 'the token of an account that is gone'])(
    'with %s says so, and not the token',
    async (what) => {
      let token = 'wrong-secret-token';
      if (what.startsWith('the token')) {
        await source.create(object('v1', 'ServiceAccount', 'gone'));
        token = await tokenOf(source, 'gone');
        await source.remove({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: shop, name: 'gone' });
      }
      const name = await brokenCluster({}, token);
      const condition = await conditionOf('MigCluster', name, 'TestConnectFailed');
      expect(condition?.message).toContain('wrong, expired or revoked');
      expect(JSON.stringify(await stored('MigCluster', name))).not.toContain(token);
    },
  );

  it('with too few rights names those that are missing', async () => {
    const name = await brokenCluster({}, tokens.powerless);
    const condition = await conditionOf('MigCluster', name, 'SaTokenNotPrivileged');
    expect(condition).toMatchObject({ category: 'Critical', reason: 'Unauthorized' });
    expect(condition?.message).toContain('patch deployments.apps');
    expect(condition?.message).toContain('prepare-cluster');
  });

  it.each([
    [{ url: undefined }, 'InvalidURL', 'NotSet'],
    [{ url: 'api.example.com' }, 'InvalidURL', 'Malformed'],
    [{ url: 'http://api.example.com' }, 'InvalidURL', 'InvalidScheme'],
    [{ serviceAccountSecretRef: undefined }, 'InvalidSaSecretRef', 'NotSet'],
    [{ serviceAccountSecretRef: { name: 'absent' } }, 'InvalidSaSecretRef', 'NotFound'],
    [{ caBundle: 'bm90IGEgY2VydGlmaWNhdGU=' }, 'TestConnectFailed', 'ConnectFailed'],
  ])('with %j has condition %s', async (spec, type, reason) => {
    const name = await brokenCluster(spec);
    expect(conditionsOf(await stored('MigCluster', name))).toMatchObject([{ type, reason, category: 'Critical' }]);
  });

  it('tells of new conditions as events, once', async () => {
    const name = await brokenCluster({ url: 'https://127.0.0.1:1' });
    await checks.checkCluster(ref(name));
    const { items } = await temporary.store.resources.list({ kind: 'Event' });
    const about = items.filter(({ involvedObject }) => involvedObject.name === name);
    expect(about).toMatchObject([{ type: 'Warning', reason: 'TestConnectFailed', count: 1 }]);
  });

  it('is reached with the newest token', async () => {
    const name = await brokenCluster({}, 'wrong-secret-token');
    const key = { kind: 'Secret', namespace: 'openshift-config', name };
    const saToken = Buffer.from(tokens.good).toString('base64');
    await temporary.store.resources.update(key, (secret) => ({ ...secret, data: { saToken } }), { actor });
    expect(await checks.checkCluster(ref(name))).toEqual({ exists: true, ready: true });
  });

  it('that is the host, where the service has none, says what to set', async () => {
    const file = hostCluster.kubeconfig;
    try {
      for (const [path, message] of [
        [undefined, 'MTC_HOST_KUBECONFIG is not set'],
        ['/nowhere', 'ENOENT'],
      ] as const) {
        hostCluster.kubeconfig = path;
        expect(await checks.checkCluster(ref('target'))).toEqual({ exists: true, ready: false });
        expect((await conditionOf('MigCluster', 'target', 'TestConnectFailed'))?.message).toContain(message);
      }
    } finally {
      hostCluster.kubeconfig = file;
    }
    expect(await checks.checkCluster(ref('target'))).toEqual({ exists: true, ready: true });
  });

  it('that is gone ends its check', async () => {
    expect(await checks.checkCluster(ref('absent'))).toEqual({ exists: false, ready: false });
  });
});

describe('a storage', () => {
  const config = () => ({
    awsBucketName: fromEnvironment('S3_BUCKET'),
    awsS3Url: fromEnvironment('S3_URL'),
    credsSecretRef: { name: 'storage', namespace: 'openshift-config' },
  });

  it('is Ready when it keeps what it is given', async () => {
    await putSecret('storage', {
      'aws-access-key-id': fromEnvironment('S3_ACCESS_KEY'),
      'aws-secret-access-key': fromEnvironment('S3_SECRET_KEY'),
    });
    await put('MigStorage', 'storage', { backupStorageProvider: 'aws', backupStorageConfig: config() });
    expect(await checks.checkStorage(ref('storage'))).toEqual({ exists: true, ready: true });
  });

  it.each([
    ['missing', { awsBucketName: 'nowhere' }, 'BackupStorageProviderTestFailed', 'There is no bucket of this name'],
    ['unnamed', { awsBucketName: '' }, 'InvalidBackupStorageSettings', 'awsBucketName: not set'],
    ['elsewhere', { awsS3Url: 'http://127.0.0.1:1' }, 'BackupStorageProviderTestFailed', 'refused the connection'],
    [
      'keyless',
      { credsSecretRef: { name: 'absent' } },
      'InvalidBackupStorageCredsSecretRef',
      'openshift-config/absent',
    ],
  ])('%s has condition and advice', async (name, change, type, message) => {
    // Their own: those of another storage are sent to its address only.
    await putSecret(name, {
      'aws-access-key-id': fromEnvironment('S3_ACCESS_KEY'),
      'aws-secret-access-key': fromEnvironment('S3_SECRET_KEY'),
    });
    const credsSecretRef = { name, namespace: 'openshift-config' };
    const backupStorageConfig = { ...config(), credsSecretRef, ...change };
    await put('MigStorage', name, { backupStorageProvider: 'aws', backupStorageConfig });
    expect(await checks.checkStorage(ref(name))).toEqual({ exists: true, ready: false });
    const condition = await conditionOf('MigStorage', name, type);
    expect(condition).toMatchObject({ category: 'Critical', message: expect.stringContaining(message) });
  });
});

describe('a plan', () => {
  const spec = (changes: Record<string, unknown> = {}) => ({
    srcMigClusterRef: { name: 'source' },
    destMigClusterRef: { name: 'target' },
    migStorageRef: { name: 'storage' },
    namespaces: [shop],
    ...changes,
  });
  const check = () => checks.reconcilePlan(ref('plan'));
  const has = (type: string) => conditionOf('MigPlan', 'plan', type);
  afterEach(async () => {
    await temporary.store.resources.remove({ kind: 'MigPlan', ...ref('plan') }, { actor });
  });

  beforeAll(async () => {
    await source.create(
      object('v1', 'PersistentVolumeClaim', 'data', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
      }),
    );
    await source.create(
      object('v1', 'Pod', 'writer', {
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: shellImage(),
              command: ['sh', '-c', 'while true; do sleep 1; done'],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      }),
    );
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: shop, name: 'data' };
    await waitForObject(source, claim, ({ status }) => status?.phase === 'Bound');
  });

  it('discovers its volumes, makes the repository known and is Ready', async () => {
    await put('MigPlan', 'plan', spec());
    const outcome = await check();
    const plan = await stored('MigPlan', 'plan');
    expect(conditionsOf(plan).filter(({ category }) => category !== 'Warn')).toMatchObject([
      { type: 'PvsDiscovered' },
      { type: 'StorageEnsured' },
      { type: 'Ready' },
    ]);
    expect(outcome).toEqual({ exists: true, ready: true });
    expect(plan.spec.persistentVolumes).toMatchObject([
      {
        capacity: '16Mi',
        supported: { actions: ['skip', 'copy'] },
        pvc: { namespace: shop, name: 'data', hasReference: true, ownerType: 'Pod', volumeMode: 'Filesystem' },
        selection: { action: 'copy', copyMethod: 'filesystem', verify: false },
      },
    ]);
    expect(plan.spec.persistentVolumes[0].selection.storageClass).toBe(plan.spec.persistentVolumes[0].storageClass);
    expect(plan.status.destStorageClasses.length).toBeGreaterThan(0);

    await check();
    expect(await stored('MigPlan', 'plan')).toEqual(plan);
  });

  it('naming a missing namespace says which and where', async () => {
    await put('MigPlan', 'plan', spec({ namespaces: [shop, 'checks-nowhere:elsewhere'] }));
    expect(await check()).toMatchObject({ ready: false });
    expect(await has('NamespaceNotFoundOnSourceCluster')).toMatchObject({
      category: 'Critical',
      message:
        'Namespaces do not exist on source cluster source: [checks-nowhere]. Correct spec.namespaces, or create them.',
    });
  });

  it('choosing a storage class the target lacks names those it has', async () => {
    await put('MigPlan', 'plan', spec());
    await check();
    await edit('MigPlan', 'plan', ({ persistentVolumes }) => {
      persistentVolumes[0].selection.storageClass = 'golden';
    });
    expect(await check()).toMatchObject({ ready: false });
    const condition = await has('PvInvalidStorageClass');
    expect(condition?.category).toBe('Error');
    expect(condition?.message).toContain(`(${shop}/data): golden`);
    expect(condition?.message).toContain('target cluster target');
    const plan = await stored('MigPlan', 'plan');
    expect(plan.spec.persistentVolumes[0].selection.storageClass).toBe('golden');
  });

  it('waits for what it refers to', async () => {
    await put('MigPlan', 'plan', spec({ migStorageRef: { name: 'missing' }, destMigClusterRef: { name: 'absent' } }));
    expect(await check()).toMatchObject({ ready: false });
    expect(await has('StorageNotReady')).toMatchObject({ category: 'Critical' });
    expect(await has('InvalidDestinationClusterRef')).toMatchObject({ reason: 'NotFound' });
  });

  it('names what is not supported yet', async () => {
    await put('MigPlan', 'plan', spec({ indirectVolumeMigration: true }));
    expect(await check()).toMatchObject({ ready: false });
    expect((await has('NotYetSupported'))?.message).toContain('spec.indirectVolumeMigration');
  });

  it('tells what differs in a namespace and what is in use on the target', async () => {
    await target.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: shop, name: 'default' };
    await waitForObject(target, account, () => true);
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Mi' } } };
    await target.create(object('v1', 'PersistentVolumeClaim', 'data', { spec: claim }));
    await target.create(
      object('v1', 'Pod', 'stranger', {
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: shellImage(), command: ['sh', '-c', 'while true; do sleep 1; done'] }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      }),
    );
    await put('MigPlan', 'plan', spec());
    expect(await check()).toMatchObject({ ready: false });
    expect((await has('NamespaceAnnotationsDiffer'))?.message).toContain(
      `oc annotate --overwrite namespace ${shop} 'openshift.io/sa.scc.uid-range=1000700000/10000'`,
    );
    expect((await has('TargetVolumeInUse'))?.message).toContain(`${shop}/data (pod stranger)`);
    expect((await has('TargetVolumeTooSmall'))?.message).toContain('8Mi, needs 16Mi');
    expect(await has('TargetVolumeExists')).toMatchObject({ category: 'Warn' });
  });

  it('that is closed is not looked at', async () => {
    await put('MigPlan', 'plan', spec({ closed: true }));
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(conditionsOf(await stored('MigPlan', 'plan'))).toMatchObject([{ type: 'Closed', category: 'Advisory' }]);
  });
});
