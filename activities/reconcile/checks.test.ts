import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import {
  CATEGORY,
  type Condition,
  type ConditionFinding,
  type ConditionType,
  conditionsOf,
  mergeConditions,
} from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE, STORAGE_FINALIZER } from '../../resources/meta/labels.js';
import { cutoverOf } from '../../resources/plan/plan-migration.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { runRecord } from '../../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { checkObject } from '../records/check-object.js';
import { planMigrations } from '../records/plan-migrations.js';
import type { CheckActivities } from './contract.js';
import { createCheckActivities } from './index.js';

let temporary: TemporaryStore;
let checks: CheckActivities;
let source: FakeCluster;
let target: FakeCluster;
/** Connections asked for. */
let connects: number;

const ref = (name: string) => ({ namespace: MIGRATION_NAMESPACE, name });
const finding = (type: string, fields: Partial<ConditionFinding> = {}): ConditionFinding => ({
  type: type as ConditionType,
  category: CATEGORY.Critical,
  message: `it is ${type}`,
  ...fields,
});
const status = (...findings: ConditionFinding[]) => ({
  conditions: mergeConditions([], findings, '2026-01-01T00:00:00Z'),
});
const READY = finding('Ready', { category: CATEGORY.Required });

async function put(kind: string, name: string, spec: object, fields: object = {}): Promise<void> {
  const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind, metadata: ref(name), ...fields };
  await temporary.store.resources.create(
    { ...object, spec: findKind(kind)?.spec?.parse(spec) },
    { actor: SYSTEM_ACTOR },
  );
}
const get = async (kind: string, name: string): Promise<KubeObject> => {
  const object = await temporary.store.resources.get({ kind, ...ref(name) });
  if (!object) throw new Error(`there is no ${kind} ${name}`);
  return object;
};
const edit = (kind: string, name: string, change: (object: KubeObject) => void) =>
  temporary.store.resources.update(
    { kind, ...ref(name) },
    (object) => {
      change(object);
      return object;
    },
    { actor: SYSTEM_ACTOR },
  );
const typesOf = async (kind: string, name: string) => conditionsOf(await get(kind, name)).map(({ type }) => type);

beforeAll(async () => {
  temporary = await startTemporaryStore();
  const images = { transferImage: 'registry/transfer:1' };
  const clusters = {
    async connect({ name }: { name: string }) {
      connects += 1;
      return (name === 'source' ? source : target).client;
    },
    close: async () => undefined,
  };
  const { store } = temporary;
  checks = createCheckActivities({ store, clusters, images, logger: pino({ level: 'silent' }) });
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  connects = 0;
  const namespaces = (uid: string, ...names: string[]) =>
    ['kube-system', MIGRATION_NAMESPACE, ...names].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, uid: `${name}-${uid}` },
    }));
  source = new FakeCluster('source', ...namespaces('one', 'shop'));
  target = new FakeCluster('target', ...namespaces('two'));
  for (const cluster of [source, target]) {
    cluster.react = ({ kind, metadata, status: present }) => {
      if (kind === 'BackupStorageLocation' && !present) {
        cluster.edit({ kind, ...metadata }, { status: { phase: 'Available' } });
      }
    };
  }
  for (const kind of [
    'MigHook',
    'MigPlan',
    'MigMigration',
    'MigCluster',
    'MigStorage',
    'Secret',
    'MigrationController',
  ]) {
    for (const { metadata } of (await temporary.store.resources.list({ kind })).items) {
      const key = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
      const letGo = ({ metadata: held, ...rest }: KubeObject) => ({ ...rest, metadata: { ...held, finalizers: [] } });
      if (metadata.finalizers) await temporary.store.resources.update(key, letGo, { actor: SYSTEM_ACTOR });
      await temporary.store.resources.remove(key, { actor: SYSTEM_ACTOR });
    }
  }
});

describe('the check of an object', () => {
  const check = (...findings: ConditionFinding[]) =>
    checkObject(temporary.store, 'MigHook', ref('any'), async () => ({ findings }));
  const times = async () =>
    Object.fromEntries(conditionsOf(await get('MigHook', 'any')).map((c: Condition) => [c.type, c.lastTransitionTime]));
  beforeEach(() => put('MigHook', 'any', { custom: true, image: 'i', targetCluster: 'source' }));

  it('makes it Ready when nothing blocks it', async () => {
    expect(await check(finding('Slow', { category: CATEGORY.Warn }))).toEqual({ exists: true, ready: true });
    expect(await typesOf('MigHook', 'any')).toEqual(['Slow', 'Ready']);
    expect(await check(finding('Broken'))).toEqual({ exists: true, ready: false });
    expect(await typesOf('MigHook', 'any')).toEqual(['Broken']);
  });

  it('keeps the time of what did not change', async () => {
    await edit('MigHook', 'any', (hook) => {
      hook.status = status(finding('Broken', { reason: 'Old' }), finding('Torn', { reason: 'Old' }));
    });
    await check(finding('Broken', { reason: 'Old' }), finding('Torn', { reason: 'New' }));
    expect(await times()).toEqual({ Broken: '2026-01-01T00:00:00Z', Torn: expect.not.stringMatching('2026-01-01') });
  });

  it('looks again when the object has changed in between', async () => {
    const seen: (number | undefined)[] = [];
    await checkObject(temporary.store, 'MigHook', ref('any'), async ({ metadata }) => {
      seen.push(metadata.generation);
      if (seen.length === 1) await edit('MigHook', 'any', ({ spec }) => Object.assign(spec, { image: 'other' }));
      return { findings: [] };
    });
    expect(seen).toEqual([1, 2]);
    expect(await typesOf('MigHook', 'any')).toEqual(['Ready']);
  });
});

describe('the check of a cluster', () => {
  it('tells which cluster it is', async () => {
    Object.assign(source.client, {
      version: async () => ({ major: 1, minor: 36, gitVersion: 'v1.36.0' }),
      discover: async () => [],
      accessReview: async () => ({ allowed: true }),
    });
    await put('MigCluster', 'source', { isHostCluster: true });
    expect(await checks.checkCluster(ref('source'))).toEqual({ exists: true, ready: true });
    expect((await get('MigCluster', 'source')).status).toMatchObject({ clusterUid: 'kube-system-one' });
  });
});

describe('connections that anyone on the way can read', () => {
  const SETTINGS = 'migration-controller';
  const conditions = async (kind: string) =>
    conditionsOf(await get(kind, 'store')).map(({ type, category }) => `${category} ${type}`);
  const storage = (config: object) => ({
    backupStorageProvider: 'aws',
    backupStorageConfig: {
      awsBucketName: 'bucket',
      credsSecretRef: { name: 'keys', namespace: 'openshift-config' },
      ...config,
    },
  });
  beforeEach(async () => {
    const metadata = { name: 'keys', namespace: 'openshift-config' };
    const data = { 'aws-access-key-id': 'a2V5', 'aws-secret-access-key': 'a2V5', saToken: 'dG9rZW4=' };
    await temporary.store.resources.create(
      { apiVersion: 'v1', kind: 'Secret', metadata, data },
      { actor: SYSTEM_ACTOR },
    );
  });

  it.each([
    [{ awsS3Url: 'http://127.0.0.1:1' }, ['RepositoryNotEncrypted']],
    [{ awsS3Url: 'https://127.0.0.1:1', insecure: true }, ['InsecureConnection']],
    [{ awsS3Url: 'http://127.0.0.1:1', insecure: true }, ['InsecureConnection', 'RepositoryNotEncrypted']],
    [{ awsS3Url: 'https://127.0.0.1:1' }, []],
  ])('warn of a storage, and keep it from being used where they are forbidden: %j', async (config, types) => {
    await put('MigStorage', 'store', storage(config));
    await checks.checkStorage(ref('store'));
    const failed = 'Critical BackupStorageProviderTestFailed';
    expect(await conditions('MigStorage')).toEqual([...types.map((type) => `Warn ${type}`), failed]);
    await put('MigrationController', SETTINGS, { forbid_insecure_connections: true });
    await checks.checkStorage(ref('store'));
    // It is not even tried.
    expect(await conditions('MigStorage')).toEqual(
      types.length > 0 ? types.map((type) => `Critical ${type}`) : [failed],
    );
  });

  it('warn of a cluster, and keep it from being used where they are forbidden', async () => {
    const serviceAccountSecretRef = { name: 'keys', namespace: 'openshift-config' };
    await put('MigCluster', 'store', { url: 'https://api', insecure: true, serviceAccountSecretRef });
    Object.assign(target.client, {
      version: async () => ({ major: 1, minor: 36, gitVersion: 'v1.36.0' }),
      discover: async () => [],
      accessReview: async () => ({ allowed: true }),
    });
    expect(await checks.checkCluster(ref('store'))).toEqual({ exists: true, ready: true });
    expect(await conditions('MigCluster')).toEqual(['Warn InsecureConnection', 'Required Ready']);
    await put('MigrationController', SETTINGS, { forbid_insecure_connections: true });
    connects = 0;
    expect(await checks.checkCluster(ref('store'))).toEqual({ exists: true, ready: false });
    expect(await conditions('MigCluster')).toEqual(['Critical InsecureConnection']);
    expect(connects).toBe(0);
  });

  it('of a cluster by an address with a password is refused without showing it', async () => {
    const url = 'https://admin:planted@api';
    await put('MigCluster', 'store', { url, serviceAccountSecretRef: { name: 'keys', namespace: 'openshift-config' } });
    await checks.checkCluster(ref('store'));
    const found = conditionsOf(await get('MigCluster', 'store'));
    expect(found).toMatchObject([{ type: 'InvalidURL', reason: 'UserInfo' }]);
    expect(JSON.stringify(found)).not.toContain('planted');
  });
});

describe('the check of a hook', () => {
  const check = () => checks.checkHook(ref('drain'));
  const playbook = (text: string) => ({ playbook: Buffer.from(text).toString('base64'), targetCluster: 'source' });

  it('makes it Ready', async () => {
    await put('MigHook', 'drain', playbook('- hosts: localhost\n'));
    expect(await check()).toEqual({ exists: true, ready: true });
    expect(await typesOf('MigHook', 'drain')).toEqual(['Ready']);
  });

  it.each([
    ['InvalidImage', { custom: true, targetCluster: 'source' }],
    ['InvalidTargetCluster', { ...playbook('- hosts: localhost\n'), targetCluster: undefined }],
    ['InvalidCustomHook', { ...playbook('- hosts: localhost\n'), custom: true, image: 'i' }],
    ['InvalidAnsibleHook', { targetCluster: 'source' }],
    ['InvalidPlaybookData', { ...playbook(''), playbook: 'no base64' }],
    ['InvalidPlaybookData', playbook('hosts: localhost\n')],
  ])('finds %s in what was stored', async (type, spec) => {
    await put('MigHook', 'drain', spec);
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(conditionsOf(await get('MigHook', 'drain'))).toMatchObject([
      { type, category: CATEGORY.Critical, message: expect.stringContaining('of MigHook drain') },
    ]);
  });
});

describe('the check of a plan', () => {
  const spec = {
    srcMigClusterRef: { name: 'source' },
    destMigClusterRef: { name: 'target' },
    migStorageRef: { name: 'storage' },
    namespaces: ['shop'],
  };
  const check = () => checks.reconcilePlan(ref('plan'));
  beforeEach(async () => {
    await put('MigCluster', 'source', { url: 'https://source' }, { status: status(READY) });
    await put('MigCluster', 'target', { isHostCluster: true }, { status: status(READY) });
    const credsSecretRef = { name: 'storage', namespace: 'openshift-config' };
    const backupStorageConfig = { awsBucketName: 'bucket', credsSecretRef };
    await put(
      'MigStorage',
      'storage',
      { backupStorageProvider: 'aws', backupStorageConfig },
      { status: status(READY) },
    );
    await temporary.store.resources.create(
      { apiVersion: 'v1', kind: 'Secret', metadata: credsSecretRef, data: { 'aws-access-key-id': 'a2V5' } },
      { actor: SYSTEM_ACTOR },
    );
  });

  it('finds a plan that works on the same namespace by another name of the cluster', async () => {
    for (const name of ['source', 'source-too']) {
      const one = { ...status(READY), clusterUid: 'kube-system-one' };
      if (name === 'source') await edit('MigCluster', name, (cluster) => Object.assign(cluster, { status: one }));
      else await put('MigCluster', name, { url: 'https://source' }, { status: one });
    }
    await put('MigPlan', 'other', { ...spec, srcMigClusterRef: { name: 'source-too' } });
    await put('MigPlan', 'plan', { ...spec, namespaces: ['shop:elsewhere'] });
    await check();
    expect(await typesOf('MigPlan', 'plan')).toContain('PlanConflict');
  });

  it.each([
    [
      ['shop', 'kube-system'],
      {},
      [{ type: 'NamespaceProtected', items: ['kube-system of the source', 'kube-system of the target'] }],
    ],
    [['shop'], { protected_namespaces: ['shop'] }, [{ type: 'NamespaceProtected' }]],
    [['shop:openshift-etcd'], {}, [{ type: 'NamespaceProtected', items: ['openshift-etcd of the target'] }]],
    [['default'], {}, [{ type: 'DefaultNamespace', category: CATEGORY.Warn }]],
  ])('knows namespaces that run the cluster: %j', async (namespaces, settings, expected) => {
    await put('MigrationController', 'migration-controller', settings);
    await put('MigPlan', 'plan', { ...spec, namespaces });
    await check();
    expect(conditionsOf(await get('MigPlan', 'plan'))).toEqual(
      expect.arrayContaining(expected.map((one) => expect.objectContaining(one))),
    );
    if (expected[0]?.type === 'NamespaceProtected') expect(connects).toBe(0);
  });

  it('leaves a namespace alone in which pods keep the node working', async () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'cni', uid: 'u' }];
    await source.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cni-1', namespace: 'shop', ownerReferences },
      spec: { priorityClassName: 'system-node-critical', containers: [] },
    });
    await put('MigPlan', 'plan', spec);
    expect(await check()).toMatchObject({ ready: false });
    expect(conditionsOf(await get('MigPlan', 'plan'))).toContainEqual(
      expect.objectContaining({ type: 'NamespaceProtected', reason: 'VitalPods', items: ['shop of the source'] }),
    );
  });

  it('does not take for one cluster what shows other keys and the same uid', async () => {
    await put('MigPlan', 'plan', { ...spec, namespaces: ['shop:elsewhere'] });
    target = new FakeCluster('target', ...[...source.objects.values()]);
    const found = async () => {
      await check();
      return typesOf('MigPlan', 'plan');
    };
    source.serverKeys.add('key-of-source').add('authority');
    target.serverKeys.add('key-of-target').add('authority');
    expect(await found()).not.toContain('ClusterIdentityUnclear');
    target.serverKeys.delete('authority');
    const before = [...target.mutations];
    expect(await found()).toEqual(['ClusterIdentityUnclear']);
    expect(target.mutations).toEqual(before);
  });

  it('takes spec.refresh back once it has looked', async () => {
    await put('MigPlan', 'plan', { ...spec, refresh: true });
    expect(await check()).toEqual({ exists: true, ready: true });
    expect((await get('MigPlan', 'plan')).spec.refresh).toBe(false);
  });

  it('finds what its hooks lack in the clusters', async () => {
    const object = (kind: string, name: string, namespace?: string) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace },
    });
    const found = async () =>
      conditionsOf(await get('MigPlan', 'plan'))
        .filter(({ type }) => type.includes('Hook'))
        .map(({ type, reason, items }) => [type, reason, items]);
    await put('MigHook', 'drain', { custom: true, image: 'i', targetCluster: 'source' });
    const hook = (name: string, phase: string) => ({
      reference: { name },
      phase,
      executionNamespace: 'tools',
      serviceAccount: 'hooks',
    });
    await put('MigPlan', 'plan', { ...spec, hooks: [hook('drain', 'PreBackup'), hook('warm-up', 'PostRestore')] });
    await check();
    expect(await found()).toEqual([
      ['InvalidHookRef', 'NotFound', ['openshift-migration/warm-up (PostRestore)']],
      ['HookNotReady', undefined, ['openshift-migration/drain (PreBackup)']],
    ]);
    await put('MigHook', 'warm-up', { custom: true, image: 'i', targetCluster: 'destination' });
    await checks.checkHook(ref('drain'));
    await checks.checkHook(ref('warm-up'));
    target.objects.set('Namespace tools', object('Namespace', 'tools'));
    await check();
    expect(await found()).toEqual([
      ['InvalidHookNSName', 'NotFound', ['tools on cluster source (PreBackup)']],
      ['InvalidHookSAName', 'NotFound', ['tools/hooks on cluster target (PostRestore)']],
    ]);
    source.objects.set('Namespace tools', object('Namespace', 'tools'));
    for (const cluster of [source, target]) {
      cluster.objects.set('ServiceAccount tools/hooks', object('ServiceAccount', 'hooks', 'tools'));
    }
    await check();
    expect(await found()).toEqual([]);
  });

  it('tells what reaches beyond its namespaces, and stays Ready', async () => {
    source.edit(
      { kind: 'Namespace', name: 'shop' },
      {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      },
    );
    const web = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };
    await source.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'web' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [web, { kind: 'User', name: 'mallory' }],
    });
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: true });
    const plan = await get('MigPlan', 'plan');
    expect(conditionsOf(plan)).toContainEqual(
      expect.objectContaining({
        type: 'ClusterRightsTravel',
        category: 'Warn',
        items: [
          'ClusterRoleBinding web (ClusterRole view)',
          'Namespace shop (pod-security.kubernetes.io/enforce=privileged)',
        ],
      }),
    );
    expect(plan.status.clusterRights).toEqual([
      {
        kind: 'ClusterRoleBinding',
        name: 'web',
        grants: 'ClusterRole view',
        accounts: ['shop/web'],
        leftOut: 1,
        travels: true,
      },
      { kind: 'Namespace', name: 'shop', grants: 'pod-security.kubernetes.io/enforce=privileged', travels: true },
    ]);
    source.delete({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'web' });
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await check();
    expect(await typesOf('MigPlan', 'plan')).not.toContain('ClusterRightsTravel');
  });

  it('is not Ready while an application carries the label of helpers; those of recorded runs do not count', async () => {
    const recordedRun: RunRef = { kind: 'MigMigration', ...ref('former'), uid: 'former-uid', attempt: 1 };
    const row = { ref: recordedRun, itinerary: 'Stage', state: 'Failed', workflowId: 'w' } as const;
    await temporary.store.runs.freeze(row, runRecord());
    const labeled = (apiVersion: string, kind: string, name: string, uid: string): KubeObject => ({
      apiVersion,
      kind,
      metadata: { namespace: 'shop', name, labels: { [LABELS.helper]: uid } },
    });
    await source.create(labeled('v1', 'Pod', 'mtc-copy', 'former-uid'));
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: true });
    await source.create(labeled('apps/v1', 'Deployment', 'copied', 'former-uid'));
    await source.create(labeled('v1', 'Pod', 'tool', 'x'));
    expect(await check()).toEqual({ exists: true, ready: false });
    const conditions = conditionsOf(await get('MigPlan', 'plan'));
    expect(conditions.find(({ type }) => type === 'ForeignHelperLabel')).toMatchObject({
      category: 'Critical',
      items: ['Deployment shop/copied', 'Pod shop/tool'],
    });
  });

  it('leaves the clusters alone while a migration runs, and the plan Ready', async () => {
    await put('MigPlan', 'plan', spec);
    await check();
    const running = finding('Running', { category: CATEGORY.Advisory });
    await put('MigMigration', 'm', { migPlanRef: { name: 'plan' } }, { status: status(running) });
    connects = 0;
    expect(await check()).toEqual({ exists: true, ready: true });
    expect(connects).toBe(0);
    expect((await typesOf('MigPlan', 'plan')).sort()).toEqual([
      'PvsDiscovered',
      'Ready',
      'StorageEnsured',
      'Suspended',
    ]);
  });

  it('that only converts storage classes needs no repository, and names the claims it makes', async () => {
    const inShop = (kind: string, name: string, fields: object, labels = {}) => ({
      apiVersion: 'v1',
      kind,
      ...fields,
      metadata: { namespace: 'shop', name, labels },
    });
    const claim = (name: string, labels = {}) =>
      inShop(
        'PersistentVolumeClaim',
        name,
        { spec: { accessModes: ['ReadWriteOnce'], volumeName: `pv-${name}` }, status: { phase: 'Bound' } },
        labels,
      );
    const volume = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}` },
      spec: { capacity: { storage: '1Gi' }, storageClassName: 'slow' },
    });
    const names = ['data', 'log-db-0', 'former'];
    for (const object of [
      ...['slow', 'fast'].map((name) => ({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner: 'example.com/any',
      })),
      ...names.map(volume),
      claim('data'),
      claim('log-db-0'),
      claim('former', { 'migration.openshift.io/source-for-directvolumemigration': 'another-plan' }),
      inShop('StatefulSet', 'db', { spec: { volumeClaimTemplates: [{ metadata: { name: 'log' } }] } }),
    ]) {
      await source.create(object);
    }
    const { migStorageRef: _, ...inOneCluster } = { ...spec, destMigClusterRef: { name: 'source' } };
    await put('MigPlan', 'plan', inOneCluster);
    expect(await check()).toEqual({ exists: true, ready: true });
    const plan = await get('MigPlan', 'plan');
    const { suffix } = plan.status;
    expect(suffix).toMatch(/^[a-z0-9]{4}$/);
    expect(plan.spec.persistentVolumes.map(({ pvc }: { pvc: { name: string } }) => pvc.name)).toEqual([
      `data:data-mig-${suffix}`,
      `log-db-0:log-mig-${suffix}-db-0`,
    ]);
    expect(conditionsOf(plan)).toMatchObject([
      { type: 'MigrationTypeIdentified', reason: 'StorageConversionPlan' },
      { type: 'PvsDiscovered' },
      { type: 'Ready' },
    ]);
    expect(source.find('BackupStorageLocation', 'any')).toBeUndefined();

    await edit('MigPlan', 'plan', ({ spec: { persistentVolumes } }) => {
      persistentVolumes[0].pvc.name = 'data:data';
    });
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(await typesOf('MigPlan', 'plan')).toContain('PvNameConflict');
    expect((await get('MigPlan', 'plan')).status.suffix).toBe(suffix);
  });

  describe('once runs have made something', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'password', uid: 'secret' };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data', uid: 'claim' };
    const preview = async () => (await get('MigPlan', 'plan')).status.rollback;
    let run: RunRef;

    beforeEach(async () => {
      await put('MigPlan', 'plan', spec);
      await put('MigMigration', 'cutover', { migPlanRef: { name: 'plan' } });
      const { metadata } = await get('MigMigration', 'cutover');
      run = { kind: 'MigMigration', ...ref('cutover'), uid: metadata.uid ?? '', attempt: 1 };
      const plan = { ...ref('plan'), uid: (await get('MigPlan', 'plan')).metadata.uid ?? '' };
      const { runs } = temporary.store;
      await runs.freeze({ ref: run, itinerary: 'Final', state: 'Running', workflowId: 'w' }, runRecord({ plan }));
      await runs.recordCreated(
        run,
        [secret, claim].map((object) => ({ cluster: 'target-uid', ...object })),
      );
      const labels = { [LABELS.migratedByPlan]: plan.uid };
      const { uid, name, namespace, ...type } = claim;
      await target.create({
        ...type,
        metadata: { uid, name, namespace, labels },
        status: { capacity: { storage: '5Gi' } },
      });
      const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: name } }];
      await target.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace }, spec: { volumes } });
    });

    it('says what a rollback would delete and discard, also after the cutover', async () => {
      const expected = {
        objects: { PersistentVolumeClaim: 1, Secret: 1 },
        discards: [{ claim: 'shop/data', size: '5Gi', pods: ['web'] }],
      };
      await check();
      expect(await preview()).toEqual(expected);
      await temporary.store.runs.addFacts(run, { commitPoint: 'now' });
      await check();
      expect(await preview()).toEqual(expected);
      expect(await typesOf('MigPlan', 'plan')).toContain('Suspended');
      await edit('MigPlan', 'plan', (plan) => Object.assign(plan.spec, { closed: true }));
      await check();
      expect(await preview()).toEqual(expected);
    });

    it('keeps what was seen last while the target does not answer', async () => {
      await check();
      target.list = async () => {
        const details = { code: 0, reason: 'ECONNRESET', cluster: 'target', verb: 'list', path: '/' };
        throw new KubernetesApiError('list on cluster "target" failed: the connection broke', details);
      };
      await check();
      expect(await preview()).toMatchObject({ discards: [{ claim: 'shop/data' }] });
    });

    it('has nothing to say once they are forgotten', async () => {
      await check();
      const { uid = '' } = (await get('MigPlan', 'plan')).metadata;
      await temporary.store.runs.forgetCreated(uid, [secret.uid, claim.uid]);
      await check();
      expect(await preview()).toBeUndefined();
    });

    it('counts what every attempt did, until a rollback has undone it', async () => {
      const plan = await get('MigPlan', 'plan');
      const retry = { ...run, attempt: 2 };
      const record = await temporary.store.runs.record(run);
      const { runs } = temporary.store;
      await runs.addFacts(run, { commitPoint: 'now' });
      await runs.freeze({ ref: retry, itinerary: 'Final', state: 'Running', workflowId: 'w' }, record);
      const seen = () => planMigrations(temporary.store, plan);
      expect(await seen()).toMatchObject([
        { name: 'cutover', itinerary: 'Final', committed: true, succeeded: false },
        { name: 'cutover', itinerary: 'Final', committed: false, succeeded: false },
      ]);
      expect(cutoverOf(await seen())).toMatchObject({ name: 'cutover' });

      await put('MigMigration', 'back', { migPlanRef: { name: 'plan' }, rollback: true });
      const { metadata } = await get('MigMigration', 'back');
      const rollback: RunRef = { kind: 'MigMigration', ...ref('back'), uid: metadata.uid ?? '', attempt: 1 };
      expect((await seen()).map(({ itinerary }) => itinerary)).toContain('Rollback');
      expect(cutoverOf(await seen())).toMatchObject({ name: 'cutover' });
      await runs.freeze({ ref: rollback, itinerary: 'Rollback', state: 'Running', workflowId: 'w' }, record);
      await runs.setState(rollback, 'SucceededWithWarnings');
      expect(cutoverOf(await seen())).toBeUndefined();

      const again = { ...run, attempt: 3 };
      await runs.freeze({ ref: again, itinerary: 'Final', state: 'Running', workflowId: 'w' }, record);
      expect(cutoverOf(await seen())).toBeUndefined();
      await runs.addFacts(again, { commitPoint: 'now' });
      expect(cutoverOf(await seen())).toMatchObject({ name: 'cutover' });
      await runs.setState(again, 'Succeeded');
      for (const name of ['cutover', 'back']) {
        await temporary.store.resources.remove({ kind: 'MigMigration', ...ref(name) }, { actor: SYSTEM_ACTOR });
      }
      expect(cutoverOf(await seen())).toMatchObject({ name: 'cutover', running: false });
      await check();
      expect(await typesOf('MigPlan', 'plan')).toContain('Suspended');
    });
  });

  it('tells before a cutover what would be missing behind it, and stays Ready for a stage', async () => {
    const web = (replicas: number, metadata: object = {}, pod: object = {}): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop', ...metadata },
      spec: { replicas, template: { spec: pod } },
    });
    const settings = (mode: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
      data: { mode },
    });
    const annotations = { 'migration.openshift.io/preQuiesceReplicas': '2' };
    await source.create(web(2, {}, { priorityClassName: 'urgent', runtimeClassName: 'sandbox' }));
    await source.create(web(0, { name: 'left', annotations }));
    await source.create(settings('production'));
    await target.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await target.create({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'sandbox' } });
    await target.create(web(0));
    await target.create(settings('rehearsal'));
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: true });
    const told = new Map(conditionsOf(await get('MigPlan', 'plan')).map(({ type, message }) => [type, message]));
    expect(told.get('WorkloadsHaltedBefore')).toContain('Deployment shop/left (preQuiesceReplicas: 2)');
    expect(told.get('WorkloadsDownOnTarget')).toContain('[Deployment shop/web]');
    expect(told.get('ObjectsOnTarget')).toContain('[ConfigMap shop/settings]');
    expect(told.get('ClassesMissingOnTarget')).toContain('[PriorityClass urgent (Deployment shop/web)]');
    expect(told.get('WorkloadsLeftBehind')).toBeUndefined();
  });

  it('does not put a repository on the clusters that is being deleted, and says so', async () => {
    const key = { kind: 'MigStorage', ...ref('storage') };
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: true });
    expect((await get('MigStorage', 'storage')).metadata.finalizers).toEqual([STORAGE_FINALIZER]);
    await temporary.store.resources.remove(key, { actor: SYSTEM_ACTOR });
    const location = { apiVersion: 'velero.io/v1', kind: 'BackupStorageLocation' };
    for (const cluster of [source, target]) {
      const { items } = await cluster.client.list(location);
      expect(items).toHaveLength(1);
      for (const { metadata } of items) await cluster.client.remove({ ...location, ...metadata });
    }
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(conditionsOf(await get('MigPlan', 'plan'))).toContainEqual(
      expect.objectContaining({ type: 'StorageNotReady', reason: 'Deleting' }),
    );
    for (const cluster of [source, target]) expect((await cluster.client.list(location)).items).toEqual([]);
  });

  it('is not Ready while Velero cannot use the repository, and says on which cluster', async () => {
    target.react = ({ kind, metadata, status: present }) => {
      if (kind !== 'BackupStorageLocation' || present) return;
      target.edit({ kind, ...metadata }, { status: { phase: 'Unavailable', message: 'no route to host' } });
    };
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: false });
    const condition = conditionsOf(await get('MigPlan', 'plan')).find(({ category }) => category === CATEGORY.Critical);
    expect(condition).toMatchObject({ type: 'BackupStorageLocationUnavailable' });
    expect(condition?.message).toContain('on cluster target no route to host');
  });

  it('does not make a finding of a call that fails once', async () => {
    const create = target.create.bind(target);
    let failures = 0;
    target.create = async (object) => {
      if (object.kind !== 'BackupStorageLocation' || failures > 0) return create(object);
      failures += 1;
      const details = { code: 0, reason: 'ECONNRESET', cluster: 'target', verb: 'create', path: '/' };
      throw new KubernetesApiError('create BackupStorageLocation failed: the connection broke', details);
    };
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: true });
    expect(failures).toBe(1);
  });

  it('tells of a cluster that fails in the middle', async () => {
    source.list = async () => {
      const details = { code: 0, reason: 'ECONNRESET', cluster: 'source', verb: 'list', path: '/' };
      throw new KubernetesApiError('list Pods on cluster "source" failed: the connection broke', details);
    };
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(conditionsOf(await get('MigPlan', 'plan'))).toMatchObject([
      { type: 'ReconcileFailed', category: 'Critical', message: expect.stringContaining('the connection broke') },
    ]);
  });

  it('names settings that are not supported yet, and ignores those that cannot be read', async () => {
    await put('MigrationController', 'migration-controller', {
      stunnel_tcp_proxy: 'http://proxy:1',
      rsync_opt_extras: '--rsh=sh',
    });
    await put('MigPlan', 'plan', spec);
    expect(await check()).toEqual({ exists: true, ready: false });
    expect(conditionsOf(await get('MigPlan', 'plan'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'NotYetSupported', message: expect.stringContaining('stunnel_tcp_proxy') }),
        expect.objectContaining({ type: 'SettingsIgnored', message: expect.stringContaining('rsync_opt_extras') }),
      ]),
    );
  });
});
