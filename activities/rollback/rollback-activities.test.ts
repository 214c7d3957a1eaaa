import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createRollbackActivities } from './index.js';

const MARK = { [LABELS.migratedByPlan]: 'plan-uid' };

let record: RunRecord;
let run: RunRef;
let target: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createRollbackActivities>;

beforeEach(() => {
  record = runRecord({
    itinerary: 'Rollback',
    namespaces: [{ source: 'shop', target: 'shop' }],
    volumes: [runVolume({ namespace: 'shop', claim: 'data' })],
  });
  record.settings.patience = { ...record.settings.patience, quiesce: 1, cleanup: 1 };
  run = refOf(record);
  target = new FakeCluster('target');
  target.react = (object) => {
    const isUncounted = object.kind === 'ResourceQuota' && !object.status;
    if (isUncounted) target.set({ ...object, status: { hard: object.spec.hard } });
  };
  recorded = recordedRun(record, { source: new FakeCluster('source').client, target: target.client });
  activities = createRollbackActivities(recorded.deps);
});

/** As a worker would, each time as a first attempt. */
const perform = <Result>(activity: (input: { run: RunRef }) => Promise<Result>): Promise<Result> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { run });
const halt = () => perform(activities.haltTarget);
const remove = () => perform(activities.removeMigrated);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => error.message,
  );

const CLUSTER_SCOPED = [
  'Namespace',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
];
const API_VERSIONS: Record<string, string> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  Widget: 'example.com/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
};

/** An object on the target as any client may have made it. */
const put = (kind: string, name: string, metadata: object = {}, fields: object = {}): KubeObject =>
  target.set({
    apiVersion: API_VERSIONS[kind] ?? 'v1',
    kind,
    ...fields,
    metadata: { name, ...(CLUSTER_SCOPED.includes(kind) ? {} : { namespace: 'shop' }), ...metadata },
  });

/** One that a run of the plan made and recorded. */
function made(kind: string, name: string, fields: object = {}, metadata: object = {}): KubeObject {
  const object = put(kind, name, { labels: MARK, ...metadata }, fields);
  recorded.created.push({ cluster: 'target-uid', ...referenceOf(object), uid: object.metadata.uid ?? '' });
  return object;
}
const ownedBy = ({ apiVersion, kind, metadata }: KubeObject) => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
});
const mounting = (claimName: string) => ({
  spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] },
  status: { phase: 'Running' },
});
const claimOf = (volumeName: string, size = '1Gi') => ({
  spec: { volumeName },
  status: { phase: 'Bound', capacity: { storage: size } },
});
const volume = (claim: KubeObject, policy = 'Retain') => ({
  spec: {
    persistentVolumeReclaimPolicy: policy,
    claimRef: { namespace: 'shop', name: claim.metadata.name, uid: claim.metadata.uid },
  },
});
const noted = (policy: string) => ({ labels: MARK, annotations: { [ANNOTATIONS.originalReclaimPolicy]: policy } });
const left = () => [...target.objects.keys()].sort();

/** The cluster's part: the volume of a deleted claim goes when its policy says so, and the pods of a halted workload end. */
function actAsCluster(): void {
  const cluster = target;
  cluster.beforeMutation = (call) => {
    const [verb, kind, place = ''] = call.split(' ');
    const name = place.split('/').at(-1) ?? '';
    setTimeout(() => {
      for (const object of [...cluster.objects.values()]) {
        const { kind: of, spec, metadata } = object;
        const isVolumeOf = of === 'PersistentVolume' && spec.claimRef?.name === name;
        const isPodOf = of === 'Pod' && metadata.ownerReferences?.[0]?.name === name;
        const goes =
          (verb === 'delete' &&
            kind === 'PersistentVolumeClaim' &&
            isVolumeOf &&
            spec.persistentVolumeReclaimPolicy === 'Delete') ||
          (isPodOf && kind !== 'Pod');
        if (goes) cluster.delete(referenceOf(object));
      }
    }, 20);
  };
}

describe('haltTarget', () => {
  it('does nothing where nothing was brought', async () => {
    put('Deployment', 'theirs', {}, { spec: { replicas: 1 } });
    expect(await halt()).toEqual({ workloads: 0 });
    expect(target.mutations).toEqual([]);
    expect(recorded.facts).toEqual({ rollbackBegun: true, rollbackDiscards: [] });
  });

  it('halts what carries our label and our uid, and deletes pods of ours, until none of their pods is left', async () => {
    actAsCluster();
    const web = made('Deployment', 'web', { spec: { replicas: 2 } });
    put('Pod', 'web-1', ownedBy(web), { status: { phase: 'Running' } });
    made('Pod', 'tool', { status: { phase: 'Running' } });
    put('Deployment', 'made-again', { labels: MARK }, { spec: { replicas: 1 } });
    put('Pod', 'theirs', {}, { status: { phase: 'Running' } });
    expect(await halt()).toEqual({ workloads: 1 });
    expect(target.mutations).toEqual(['patch Deployment shop/web', 'delete Pod shop/tool']);
    expect(target.find('Deployment', 'made-again')?.spec.replicas).toBe(1);
    expect(await halt()).toEqual({ workloads: 0 });
  });

  it('halts the Jobs that a CronJob made since', async () => {
    actAsCluster();
    const nightly = made('CronJob', 'nightly', { spec: { suspend: false } });
    const job = put('Job', 'nightly-1', ownedBy(nightly), { spec: { parallelism: 1 } });
    put('Pod', 'nightly-1-x', ownedBy(job), { status: { phase: 'Running' } });
    expect(await halt()).toEqual({ workloads: 2 });
    expect(target.find('Job', 'nightly-1')?.spec.parallelism).toBe(0);
  });

  it('deletes the custom resources that an operator keeps pods for, and no others, and waits for those pods', async () => {
    const shop = made('Widget', 'shop');
    made('Widget', 'idle');
    const theirs = put('Widget', 'theirs');
    put('Pod', 'theirs-0', ownedBy(theirs), { status: { phase: 'Running' } });
    const web = put('Deployment', 'web', ownedBy(shop), { spec: { replicas: 1 } });
    put('Pod', 'web-1', ownedBy(web), { status: { phase: 'Running' } });
    expect(await failure(halt())).toMatch(/Pods left \(1\): shop\/web-1/);
    expect(target.mutations).toEqual(['delete Widget shop/shop']);
  });

  it('pauses what KEDA scales before it is brought down', async () => {
    target.unserved = [];
    actAsCluster();
    made('ScaledObject', 'web', { apiVersion: 'keda.sh/v1alpha1' });
    const web = made('Deployment', 'web', { spec: { replicas: 2 } });
    put('Pod', 'web-1', ownedBy(web), { status: { phase: 'Running' } });
    await halt();
    expect(target.mutations).toEqual(['patch ScaledObject shop/web', 'patch Deployment shop/web']);
    expect(target.find('ScaledObject', 'web')?.metadata.annotations).toMatchObject({
      'autoscaling.keda.sh/paused-replicas': '0',
    });
  });

  it('reads the pods of a namespace once', async () => {
    actAsCluster();
    const web = made('Deployment', 'web', { spec: { replicas: 1 } });
    made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    made('Widget', 'idle');
    put('Pod', 'web-1', ownedBy(web), mounting('data'));
    const list = target.list.bind(target);
    let reads = 0;
    target.list = async (type, options) => {
      // Until something is changed: from then on it is waited for.
      if (type.kind === 'Pod' && target.mutations.length === 0) reads += 1;
      return list(type, options);
    };
    await halt();
    expect(reads).toBe(1);
  });

  it('counts what it deletes before the rest to what was removed, once', async () => {
    actAsCluster();
    const shop = made('Widget', 'shop');
    made('Widget', 'idle');
    made('Pod', 'tool', { status: { phase: 'Running' } });
    const pod = put('Pod', 'shop-0', ownedBy(shop), { status: { phase: 'Running' } });
    setTimeout(() => target.delete(referenceOf(pod)), 100);
    await halt();
    await halt();
    expect(left()).toEqual(['Widget shop/idle']);
    expect(await remove()).toMatchObject({ removed: 3 });
    const text = recorded.log.find(({ source }) => source === 'rollback: removed')?.text;
    for (const name of ['Widget shop/shop', 'Pod shop/tool', 'Widget shop/idle']) expect(text).toContain(name);
  });

  it('notes what will be discarded before it stops the pods, once', async () => {
    actAsCluster();
    const web = made('Deployment', 'web', { spec: { replicas: 1 } });
    made('PersistentVolumeClaim', 'data', claimOf('pv-1', '10Gi'));
    put('Pod', 'web-1', ownedBy(web), mounting('data'));
    await halt();
    const discards = [{ claim: 'shop/data', size: '10Gi', pods: ['web-1'] }];
    expect(recorded.facts).toEqual({ rollbackBegun: true, rollbackDiscards: discards });
    await halt();
    expect(recorded.facts).toEqual({ rollbackBegun: true, rollbackDiscards: discards });
    expect(await remove()).toMatchObject({ discarded: ['shop/data, 10Gi, mounted by web-1'] });
  });

  it('halts nothing while a pod that is not of the migration uses a claim of it', async () => {
    const web = made('Deployment', 'web', { spec: { replicas: 1 } });
    put('Pod', 'web-1', ownedBy(web), mounting('data'));
    put('Pod', 'theirs', {}, mounting('data'));
    made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    expect(await failure(halt())).toMatch(/In use: PersistentVolumeClaim shop\/data \(pod theirs\)\./);
    expect(target.mutations).toEqual([]);
  });

  it('leaves the converted application to those who give it its former claims back', async () => {
    record.converted = true;
    put('Pod', 'web-1', ownedBy(put('Deployment', 'web', {}, { spec: { replicas: 1 } })), mounting('data-new'));
    made('PersistentVolumeClaim', 'data-new', claimOf('pv-1'));
    expect(await halt()).toEqual({ workloads: 0 });
    expect(recorded.facts).toMatchObject({ rollbackDiscards: [{ claim: 'shop/data-new', pods: ['web-1'] }] });
    expect(target.mutations).toEqual([]);
  });

  it('names the pods that do not end', async () => {
    const web = made('Deployment', 'web', { spec: { replicas: 2 } });
    put('Pod', 'web-1', ownedBy(web), { status: { phase: 'Running' } });
    expect(await failure(halt())).toMatch(/Pods left \(1\): shop\/web-1/);
  });
});

describe('removeMigrated', () => {
  it('has nothing to do where nothing was brought', async () => {
    put('Secret', 'theirs');
    expect(await remove()).toEqual({ removed: 0, kept: [], discarded: [] });
    expect(target.mutations).toEqual([]);
  });

  it('removes what was made, in order, and the namespace when nothing else is in it', async () => {
    actAsCluster();
    made('Namespace', 'shop');
    put('ConfigMap', 'kube-root-ca.crt');
    put('ServiceAccount', 'default');
    const web = made('Deployment', 'web', { spec: { replicas: 0 } });
    put('ReplicaSet', 'web-1', ownedBy(web), { spec: { replicas: 0 } });
    const data = made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    made('PersistentVolume', 'pv-1', volume(data), noted('Delete'));
    made('ClusterRole', 'reader');
    expect(await remove()).toEqual({ removed: 4, kept: [], discarded: [] });
    expect(target.mutations).toEqual([
      'delete Deployment shop/web',
      'patch PersistentVolume pv-1',
      'delete PersistentVolumeClaim shop/data',
      'delete ClusterRole reader',
      'create ResourceQuota shop/mtc-closes-migratio',
      'delete Namespace shop',
    ]);
    expect(left()).toEqual([]);
    expect(recorded.created).toEqual([]);
    expect(recorded.log.find(({ source }) => source === 'rollback: removed')?.text).toContain('Deployment shop/web');
  });

  it('leaves a namespace that was there before, and everything in it that others made', async () => {
    put('Namespace', 'shop');
    put('Secret', 'theirs');
    made('Secret', 'ours');
    expect(await remove()).toEqual({ removed: 1, kept: [], discarded: [] });
    expect(left()).toEqual(['Namespace shop', 'Secret shop/theirs']);
  });

  it('leaves a namespace of ours in which others keep something, and can remove it later', async () => {
    made('Namespace', 'shop');
    made('Secret', 'ours');
    const theirs = put('ConfigMap', 'theirs');
    expect(await remove()).toMatchObject({ kept: ['Namespace shop stays: it contains ConfigMap theirs'] });
    expect(recorded.created.map(({ kind }) => kind)).toEqual(['Namespace']);
    target.delete(referenceOf(theirs));
    Object.assign(recorded.facts, { rollbackRemoval: undefined });
    expect(await remove()).toMatchObject({ removed: 1, kept: [] });
    expect(left()).toEqual([]);
  });

  it('leaves what others created again or took over, and forgets it', async () => {
    made('Secret', 'again');
    made('Secret', 'taken');
    target.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'again' });
    put('Secret', 'again', { labels: MARK });
    put('Secret', 'taken', { uid: target.find('Secret', 'taken')?.metadata.uid, labels: {} });
    expect(await remove()).toEqual({
      removed: 0,
      kept: [
        'Secret shop/again stays: it was created again by others',
        'Secret shop/taken stays: it does not carry the label of the migration',
      ],
      discarded: [],
    });
    expect(target.mutations).toEqual([]);
    expect(recorded.created).toEqual([]);
  });

  it('leaves a claim that was there before with the policy its volume had', async () => {
    const data = put('PersistentVolumeClaim', 'data', {}, claimOf('pv-1'));
    made('PersistentVolume', 'pv-1', volume(data), noted('Delete'));
    const other = put('PersistentVolumeClaim', 'other', {}, claimOf('pv-2'));
    put('PersistentVolume', 'pv-2', {}, volume(other));
    expect(await remove()).toEqual({ removed: 0, kept: [], discarded: [] });
    expect(target.find('PersistentVolume', 'pv-1')?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
    expect(target.mutations).toEqual(['patch PersistentVolume pv-1']);
  });

  it('names volumes that stay because their policy is Retain', async () => {
    actAsCluster();
    const data = made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    made('PersistentVolume', 'pv-1', volume(data), noted('Retain'));
    const { kept } = await remove();
    expect(kept).toEqual([
      'PersistentVolume pv-1 is Released with its data: it belonged to claim shop/data, and its reclaim policy is Retain',
    ]);
    expect(target.find('PersistentVolume', 'pv-1')?.metadata.annotations ?? {}).toEqual({});
  });

  it('restores the reclaim policy of a volume whose claim was deleted', async () => {
    actAsCluster();
    const data = made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    made('PersistentVolume', 'pv-1', volume(data), noted('Delete'));
    target.delete(referenceOf(data));
    setTimeout(() => target.delete({ apiVersion: 'v1', kind: 'PersistentVolume', name: 'pv-1' }), 100);
    expect(await remove()).toMatchObject({ kept: [] });
    expect(target.mutations).toEqual(['patch PersistentVolume pv-1']);
  });

  it.each([
    ['is not of the migration', {}, true],
    ['is the helper of another plan', { labels: { [LABELS.helper]: 'another' } }, true],
    ['has ended', { phase: 'Succeeded' }, false],
  ])(
    'deletes nothing while a pod uses a claim and %s',
    async (_, { phase = 'Running', ...metadata }: { phase?: string; labels?: object }, refused) => {
      made('Secret', 'ours');
      made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
      put('Pod', 'theirs', metadata, { ...mounting('data'), status: { phase } });
      const message = await failure(remove());
      if (!refused) return expect(message).toBeUndefined();
      expect(message).toMatch(/Nothing was removed.*shop\/data \(pod theirs\)/);
      expect(target.mutations).toEqual([]);
    },
  );

  it('waits for the pods of what it deletes, whatever stands between', async () => {
    const widget = made('Widget', 'w');
    const set = put('ReplicaSet', 'of-operator', ownedBy(widget), { spec: { replicas: 1 } });
    const pod = put('Pod', 'of-operator-1', ownedBy(set), mounting('data'));
    made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    setTimeout(() => {
      expect(left()).toContain('PersistentVolumeClaim shop/data');
      target.delete(referenceOf(pod));
    }, 200);
    await remove();
    expect(left()).toEqual(['ReplicaSet shop/of-operator']);
  });

  it.each([
    [
      'stays while others keep objects of it',
      true,
      ['CustomResourceDefinition widgets.example.com stays: others keep Widget other/theirs'],
    ],
    ['goes when none is left', false, []],
  ])('a definition %s', async (_, used, kept) => {
    const versions = [
      { name: 'v1beta1', served: true },
      { name: 'v1', served: true, storage: true },
    ];
    made('CustomResourceDefinition', 'widgets.example.com', {
      spec: { group: 'example.com', names: { kind: 'Widget' }, versions },
    });
    made('Widget', 'ours');
    if (used) put('Widget', 'theirs', { namespace: 'other' });
    expect((await remove()).kept).toEqual(kept);
    expect(left()).toEqual(used ? ['CustomResourceDefinition widgets.example.com', 'Widget other/theirs'] : []);
  });

  it('names what does not go with what holds it', async () => {
    made('Widget', 'held', {}, { finalizers: ['example.com/operator'] });
    expect(await failure(remove())).toMatch(/Widget shop\/held \(finalizers example.com\/operator\)/);
    expect(recorded.facts).toEqual({});
    expect(recorded.created).toHaveLength(1);
  });

  it('names the pod that holds a claim', async () => {
    const web = made('Deployment', 'web', { spec: { replicas: 0 } });
    put('Pod', 'web-1', ownedBy(web), mounting('data'));
    made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    expect(await failure(remove())).toMatch(/Pods left \(1\): shop\/web-1/);
    expect(left()).toContain('PersistentVolumeClaim shop/data');
  });

  it('continues where it was killed, and tells the same when it is repeated', async () => {
    actAsCluster();
    made('Namespace', 'shop');
    made('Secret', 'ours');
    const data = made('PersistentVolumeClaim', 'data', claimOf('pv-1'));
    made('PersistentVolume', 'pv-1', volume(data), noted('Delete'));
    const act = target.beforeMutation;
    target.beforeMutation = (call) => {
      if (call.startsWith('delete PersistentVolumeClaim')) throw new Error('killed');
      act(call);
    };
    expect(await failure(remove())).toBe('killed');
    expect(left()).not.toContain('Secret shop/ours');
    expect(recorded.created).toHaveLength(4);

    target.beforeMutation = act;
    const removal = await remove();
    expect(removal).toEqual({ removed: 2, kept: [], discarded: [] });
    expect(left()).toEqual([]);
    expect(await remove()).toEqual(removal);
  });
});

describe('a run other than a rollback', () => {
  it.each(['haltTarget', 'removeMigrated'] as const)('changes nothing by %s', async (name) => {
    made('Deployment', 'web', { spec: { replicas: 1 } });
    record.itinerary = 'Final';
    record.does = runRecord().does;
    expect(await failure(perform<unknown>(activities[name]))).toMatch(/It is recorded as Final/);
    expect(target.mutations).toEqual([]);
    expect(recorded.facts).toEqual({});
  });
});

describe('what others create while it is about to be deleted', () => {
  const when = (call: RegExp, action: () => void): void => {
    target.beforeMutation = (made) => {
      if (!call.test(made)) return;
      target.beforeMutation = () => undefined;
      action();
    };
  };

  it('keeps the namespace, which is open again afterwards', async () => {
    made('Namespace', 'shop');
    put('ConfigMap', 'kube-root-ca.crt');
    when(/create ResourceQuota/, () => put('ConfigMap', 'late'));
    expect(await remove()).toMatchObject({
      kept: ['Namespace shop stays: while it was about to be deleted, ConfigMap late appeared in it'],
    });
    expect(left()).toEqual(['ConfigMap shop/kube-root-ca.crt', 'ConfigMap shop/late', 'Namespace shop']);
  });

  it('is refused by a quota of none of every type', async () => {
    made('Namespace', 'shop');
    put('ConfigMap', 'kube-root-ca.crt');
    put('Event', 'started');
    let hard: unknown;
    when(/delete Namespace/, () => {
      hard = target.find('ResourceQuota', 'mtc-closes-migratio')?.spec.hard;
    });
    expect(await remove()).toMatchObject({ kept: [] });
    expect(hard).toEqual({ 'count/configmaps': '0' });
  });

  it('keeps the namespace that they have taken over', async () => {
    made('Namespace', 'shop');
    when(/create ResourceQuota/, () =>
      target.edit({ kind: 'Namespace', name: 'shop' }, { metadata: { labels: null } }),
    );
    expect(await remove()).toMatchObject({
      kept: ['Namespace shop stays: it does not carry the label of the migration any more'],
    });
    expect(left()).toEqual(['Namespace shop']);
  });

  it('ends the attempt when the namespace is changed in the last moment, and leaves it open', async () => {
    made('Namespace', 'shop');
    when(/delete Namespace/, () => put('Namespace', 'shop', { uid: target.find('Namespace', 'shop')?.metadata.uid }));
    expect(await failure(remove())).toMatch(/Conflict/);
    expect(left()).toEqual(['Namespace shop']);
    expect(await remove()).toMatchObject({ removed: 0 });
  });

  it('keeps the definition of its kind', async () => {
    const spec = (plural: string, kind: string) => ({
      spec: { group: 'example.com', names: { kind, plural }, versions: [{ name: 'v1', served: true, storage: true }] },
    });
    made('CustomResourceDefinition', 'gadgets.example.com', spec('gadgets', 'Gadget'));
    made('CustomResourceDefinition', 'widgets.example.com', spec('widgets', 'Widget'));
    when(/delete CustomResourceDefinition gadgets/, () => put('Widget', 'late', { namespace: 'other' }));
    expect(await remove()).toMatchObject({
      removed: 1,
      kept: ['CustomResourceDefinition widgets.example.com stays: others keep Widget other/late'],
    });
    expect(left()).toEqual(['CustomResourceDefinition widgets.example.com', 'Widget other/late']);
  });
});

describe('what is cluster-scoped', () => {
  const robot = (namespace: string) => ({ kind: 'ServiceAccount', name: 'robot', namespace });
  const bind = (name: string, role: string, ...namespaces: string[]) =>
    made('ClusterRoleBinding', name, {
      roleRef: { kind: 'ClusterRole', name: role },
      subjects: namespaces.map(robot),
    });

  it('stays while it serves other namespaces, and goes with a later rollback', async () => {
    put('Namespace', 'shop');
    const other = put('Namespace', 'web');
    for (const role of ['shared', 'own']) made('ClusterRole', role);
    bind('shared', 'shared', 'shop', 'web');
    bind('own', 'own', 'shop');
    const { kept } = await remove();
    expect(left()).toEqual(['ClusterRole shared', 'ClusterRoleBinding shared', 'Namespace shop', 'Namespace web']);
    expect(kept).toEqual([
      'ClusterRoleBinding shared stays: it serves ServiceAccount web/robot',
      'ClusterRole shared stays: it serves ClusterRoleBinding shared',
    ]);
    expect(recorded.created.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);

    target.delete(referenceOf(other));
    delete recorded.facts.rollbackRemoval;
    expect(await remove()).toMatchObject({ removed: 2 });
    expect(left()).toEqual(['Namespace shop']);
  });
});
