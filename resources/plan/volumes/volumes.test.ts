import { describe, expect, it } from 'vitest';
import { objectOf, volumeOf } from '../../../test/kit/fakes/plan-objects.js';
import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { claimsOfPods, discoverVolumes, unboundClaims } from './discover.js';
import { mergeDiscovered } from './merge.js';
import { quotaFindings } from './quotas.js';
import { runVolume } from './run-volume.js';
import { selectionFindings } from './selections.js';
import { chooseStorageClass, listStorageClass, listStorageClasses } from './storage-classes.js';
import { targetClaimFindings } from './target-claims.js';
import { capacityFindings } from './target-size.js';

const claim = (name: string, volumeName: string | undefined, metadata = {}): KubeObject =>
  objectOf('PersistentVolumeClaim', name, {
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], volumeName },
    status: { phase: volumeName ? 'Bound' : 'Pending' },
  });
const volume = (name: string, spec: Record<string, unknown> = {}): [string, KubeObject] => [
  name,
  objectOf('PersistentVolume', name, { spec: { capacity: { storage: '1Gi' }, storageClassName: 'standard', ...spec } }),
];
const pod = (name: string, claimName: string, metadata = {}): KubeObject =>
  objectOf('Pod', name, {
    metadata,
    spec: {
      volumes: [
        { name: 'v', persistentVolumeClaim: { claimName } },
        { name: 'other', emptyDir: {} },
      ],
    },
  });
const owned = (kind: string, labels = {}) => ({ ownerReferences: [{ kind, name: 'o', controller: true }], labels });
const storageClass = (name: string, provisioner: string, annotations = {}) =>
  objectOf('StorageClass', name, { provisioner, metadata: { annotations } });

describe('discovery', () => {
  const discover = (claims: KubeObject[], volumes: [string, KubeObject][], pods: KubeObject[] = []) =>
    discoverVolumes({ claims, pods, volumes: new Map(volumes), moveStorageClasses: ['shared'] });

  it('describes bound claims, sorted by volume', () => {
    const found = discover([claim('b', 'pv-2'), claim('a', 'pv-1')], [volume('pv-1'), volume('pv-2')]);
    expect(found.map(({ name, pvc }) => [name, pvc.name])).toEqual([
      ['pv-1', 'a'],
      ['pv-2', 'b'],
    ]);
    expect(found[0]).toEqual({
      name: 'pv-1',
      capacity: '1Gi',
      storageClass: 'standard',
      supported: { actions: ['skip', 'copy'], copyMethods: ['filesystem', 'block', 'snapshot'] },
      pvc: {
        namespace: 'shop',
        name: 'a',
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Filesystem',
        hasReference: false,
      },
      shared: false,
    });
  });

  it('leaves out what is not bound, and what was made for another claim', () => {
    const prime = claim('prime', 'pv-1', { ownerReferences: [{ kind: 'PersistentVolumeClaim', name: 'a' }] });
    const claims = [claim('waiting', undefined), prime, claim('lost', 'pv-gone')];
    expect(discover(claims, [volume('pv-1')])).toEqual([]);
    expect(unboundClaims(claims)).toEqual(['shop/waiting']);
  });

  it('leaves out claims that go with their pod, and names those no ephemeral volume asked for', () => {
    const ofPod = (name: string, volumeName?: string) =>
      claim(name, volumeName, { ownerReferences: [{ kind: 'Pod', name: 'worker-0' }] });
    const claims = [ofPod('worker-0-scratch', 'pv-1'), ofPod('worker-0-waiting'), ofPod('spark-exec-1', 'pv-2')];
    const volumes = [volume('pv-1'), volume('pv-2')];
    expect(discover(claims, volumes)).toEqual([]);
    expect(unboundClaims(claims)).toEqual([]);
    expect(claimsOfPods(claims)).toEqual(['shop/spark-exec-1']);
    // Whoever names one gets it copied, or told why not.
    const named = { claims, pods: [], volumes: new Map(volumes), moveStorageClasses: [], withOwned: true };
    expect(discoverVolumes(named).map(({ pvc }) => pvc.name)).toEqual(['worker-0-scratch', 'spark-exec-1']);
    expect(unboundClaims(claims, { withOwned: true })).toEqual(['shop/worker-0-waiting']);
  });

  it('keeps claims that belong to what outlasts a pod', () => {
    const claims = ['StatefulSet', 'DataVolume'].map((kind, index) =>
      claim(kind.toLowerCase(), `pv-${index}`, { ownerReferences: [{ kind, name: 'o' }] }),
    );
    expect(discover(claims, [volume('pv-0'), volume('pv-1')])).toHaveLength(2);
  });

  it.each([
    [{ hostPath: { path: '/data' } }, ['skip']],
    [{ nfs: { server: 'n', path: '/' } }, ['skip', 'copy', 'move']],
    [{ awsElasticBlockStore: { volumeID: 'v' } }, ['skip', 'copy', 'move']],
    [{ storageClassName: 'shared' }, ['skip', 'copy', 'move']],
    [{ csi: { driver: 'd' } }, ['skip', 'copy']],
  ])('of %j supports %j', (spec, actions) => {
    expect(discover([claim('a', 'pv-1')], [volume('pv-1', spec)])[0]?.supported.actions).toEqual(actions);
  });

  it.each([
    [{}, 'Pod'],
    [owned('StatefulSet'), 'StatefulSet'],
    [owned('ReplicaSet', { 'pod-template-hash': 'x' }), 'Deployment'],
    [owned('ReplicaSet'), 'ReplicaSet'],
    [owned('VirtualMachineInstance'), 'VirtualMachine'],
  ])('names the workload of a pod with %j', (metadata, ownerType) => {
    const found = discover([claim('a', 'pv-1')], [volume('pv-1')], [pod('p', 'other'), pod('q', 'a', metadata)]);
    expect(found[0]?.pvc).toMatchObject({ hasReference: true, ownerType });
  });

  it('tells claims of one name in two namespaces apart', () => {
    const elsewhere = claim('a', 'pv-2', { namespace: 'web' });
    const found = discover([claim('a', 'pv-1'), elsewhere], [volume('pv-1'), volume('pv-2')], [pod('p', 'a')]);
    expect(found.map(({ pvc }) => pvc.hasReference)).toEqual([true, false]);
  });
});

describe('merging into the plan', () => {
  const discovered = discoverVolumes({
    claims: [claim('data', 'pv-1')],
    pods: [],
    volumes: new Map([volume('pv-1')]),
    moveStorageClasses: [],
  });
  const merge = (entries: PersistentVolumeEntry[]) => mergeDiscovered(entries, discovered, () => 'chosen');

  it('fills a new entry with defaults', () => {
    expect(merge([])).toMatchObject([
      {
        name: 'pv-1',
        selection: { action: 'copy', copyMethod: 'filesystem', storageClass: 'chosen', verify: false },
        pvc: { name: 'data' },
      },
    ]);
  });

  it('keeps what the user chose and refreshes the rest', () => {
    const mine = volumeOf(
      { action: 'skip', storageClass: '', verify: true, accessMode: 'ReadWriteMany' },
      {
        capacity: '1Mi',
        supported: { actions: [], copyMethods: [] },
        pvc: { name: 'data:data-2', volumeMode: 'Block' },
      },
    );
    expect(merge([mine, volumeOf({}, { name: 'pv-gone' })])).toEqual([
      {
        ...mine,
        capacity: '1Gi',
        supported: discovered[0]?.supported,
        pvc: { ...discovered[0]?.pvc, name: 'data:data-2' },
      },
    ]);
  });

  it('changes nothing the second time', () => {
    expect(merge(merge([]))).toEqual(merge([]));
  });

  it.each([
    ['renamed:x', 'data'],
    ['data', 'data'],
    ['data:data', 'data'],
    [undefined, 'data'],
  ])('reads the claim %s as %s', (name, expected) => {
    expect(merge([volumeOf({}, { pvc: { name } })])[0]?.pvc.name).toBe(expected);
  });

  it('skips what can only be skipped, and copies block devices as such', () => {
    const [first] = discovered;
    if (!first) throw new Error('nothing was discovered');
    const block = {
      ...first,
      supported: { ...first.supported, actions: ['skip'] },
      pvc: { ...first.pvc, volumeMode: 'Block' },
    };
    expect(mergeDiscovered([], [block], () => '')).toMatchObject([
      { selection: { action: 'skip', copyMethod: 'block' } },
    ]);
  });
});

describe('the proposed storage class', () => {
  const classes = [
    storageClass('first', 'rancher.io/local-path'),
    storageClass('fast', 'rancher.io/local-path'),
    storageClass('usual', 'ebs.csi.aws.com', { 'storageclass.kubernetes.io/is-default-class': 'true' }),
    storageClass('files', 'openshift-storage.cephfs.csi.ceph.com'),
    storageClass('blocks', 'openshift-storage.rbd.csi.ceph.com'),
  ].map(listStorageClass);
  const choose = (choice: Partial<Parameters<typeof chooseStorageClass>[0]>, from = classes) =>
    chooseStorageClass(
      { sourceClass: '', provisioner: undefined, shared: false, accessModes: ['ReadWriteOnce'], ...choice },
      from,
    );

  it.each([
    ['same provisioner and name', { sourceClass: 'fast', provisioner: 'rancher.io/local-path' }, 'fast'],
    ['same provisioner', { sourceClass: 'slow', provisioner: 'rancher.io/local-path' }, 'first'],
    ['default', { sourceClass: 'slow', provisioner: 'example.com/other' }, 'usual'],
    ['same name of another provisioner', { sourceClass: 'fast', provisioner: 'example.com/other' }, 'usual'],
    ['shared file system for many', { shared: true, accessModes: ['ReadWriteMany'] }, 'files'],
    ['shared file system for one', { shared: true }, 'blocks'],
  ])('%s', (_, choice, expected) => {
    expect(choose(choice)).toBe(expected);
  });

  it('is the newest of several default classes, as it is for claims that name none', () => {
    const marked = (name: string, creationTimestamp: string) => {
      const found = storageClass(name, `example.com/${name}`, {
        'storageclass.kubernetes.io/is-default-class': 'true',
      });
      return { ...found, metadata: { ...found.metadata, creationTimestamp } };
    };
    const listed = listStorageClasses([marked('old', '2025-01-01T00:00:00Z'), marked('new', '2026-01-01T00:00:00Z')]);
    expect(listed.map(({ default: isDefault }) => isDefault)).toEqual([false, true]);
    expect(choose({}, listed)).toBe('new');
  });

  it('is none where nothing fits', () => {
    expect(choose({}, [])).toBe('');
    expect(choose({ shared: true }, classes.slice(0, 1))).toBe('');
  });

  it.each([
    ['ebs.csi.aws.com', ['ReadWriteOnce'], ['ReadWriteOnce']],
    ['openshift-storage.rbd.csi.ceph.com', ['ReadWriteOnce'], ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany']],
    ['kubernetes.io/gce-pd', ['ReadWriteOnce', 'ReadOnlyMany'], ['ReadWriteOnce', 'ReadOnlyMany']],
    ['example.com/unknown', ['ReadWriteOnce'], ['ReadWriteOnce']],
  ])('of %s offers %j', (provisioner, filesystem, block) => {
    expect(listStorageClass(storageClass('c', provisioner)).volumeAccessModes).toEqual([
      { volumeMode: 'Filesystem', accessModes: filesystem },
      { volumeMode: 'Block', accessModes: block },
    ]);
  });
});

describe('the size on the target', () => {
  const namespaces = [{ source: 'shop', target: 'shop' }];
  const static20Gi = (fields: Partial<PersistentVolumeEntry> = {}, requested: string | undefined = '100Mi') =>
    volumeOf({}, { capacity: '20Gi', pvc: { namespace: 'shop', name: 'data', requested }, ...fields });

  it.each<[string, PersistentVolumeEntry, string]>([
    ['what the claim asks for', static20Gi(), '100Mi'],
    ['the capacity where nothing is known of the claim', volumeOf(), '1Gi'],
    ['what the user confirmed', static20Gi({ proposedCapacity: '300Mi', capacityConfirmed: true }), '300Mi'],
    ['not what the user did not confirm', static20Gi({ proposedCapacity: '300Mi' }), '100Mi'],
    ['no less than the claim asks for', static20Gi({ proposedCapacity: '50Mi', capacityConfirmed: true }), '100Mi'],
    ['not the 0 that MTC writes', static20Gi({ proposedCapacity: '0', capacityConfirmed: true }), '100Mi'],
  ])('is %s', (_, entry, size) => {
    expect(runVolume(entry, namespaces).target.size).toBe(size);
  });

  it('is what quotas and claims that are there are judged by', () => {
    const quotas = [objectOf('ResourceQuota', 'q', { status: { hard: { 'requests.storage': '1Gi' }, used: {} } })];
    const there = (storage: string, labels = {}) =>
      objectOf('PersistentVolumeClaim', 'data', { metadata: { labels }, status: { capacity: { storage } } });
    const judged = (entry: PersistentVolumeEntry, claims: KubeObject[]) =>
      targetClaimFindings([entry], namespaces, { claims, pods: [] }, 'plan-uid').map(({ type }) => type);
    const larger = static20Gi({ proposedCapacity: '2Gi', capacityConfirmed: true });
    const ours = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    expect(quotaFindings([static20Gi()], namespaces, { claims: [], quotas })).toEqual([]);
    expect(quotaFindings([larger], namespaces, { claims: [], quotas })).toHaveLength(1);
    expect(judged(static20Gi(), [there('100Mi', ours)])).toEqual([]);
    expect(judged(larger, [there('100Mi')])).toEqual(['TargetVolumeTooSmall', 'TargetVolumeExists']);
    // As VolumeFull advises: the next run enlarges what the plan made.
    expect(judged(larger, [there('100Mi', ours)])).toEqual([]);
  });

  it('is warned of where an administrator made a volume larger than its claim', () => {
    const made = (annotations = {}) =>
      new Map(
        [volume('pv-1')].map(([name, found]) => [name, { ...found, metadata: { ...found.metadata, annotations } }]),
      );
    const items = (entry: PersistentVolumeEntry, annotations = {}) =>
      capacityFindings([entry], made(annotations)).flatMap((finding) => finding.items ?? []);
    expect(items(static20Gi())).toEqual(['shop/data (volume 20Gi, claim 100Mi)']);
    expect(items(static20Gi({ proposedCapacity: '20Gi', capacityConfirmed: true }))).toEqual([]);
    expect(items(static20Gi(), { 'pv.kubernetes.io/provisioned-by': 'ebs.csi.aws.com' })).toEqual([]);
    expect(items({ ...static20Gi(), selection: { action: 'skip' } })).toEqual([]);
  });
});

describe('selections', () => {
  const classes = [listStorageClass(storageClass('standard', 'example.com/any'))];
  const findings = (entries: PersistentVolumeEntry[], limit = 10) =>
    selectionFindings(entries, classes, { targetCluster: 'new', limit }).map(
      ({ type, category }) => `${category} ${type}`,
    );

  it.each([
    ['right', volumeOf(), []],
    ['unsupported action', volumeOf({ action: 'move' }), ['Error PvInvalidAction']],
    ['unknown class', volumeOf({ storageClass: 'golden' }), ['Error PvInvalidStorageClass']],
    ['no class', volumeOf({ storageClass: '' }), ['Warn PvNoStorageClassSelection']],
    ['access mode', volumeOf({ accessMode: 'ReadWriteMany' }), ['Warn PvWarnAccessModeUnavailable']],
    ['automatic access mode', volumeOf({ accessMode: 'auto' }), []],
    [
      'copy method',
      volumeOf({}, { supported: { actions: ['copy'], copyMethods: ['block'] } }),
      ['Error PvInvalidCopyMethod'],
    ],
    [
      'nothing can be done',
      volumeOf({ action: 'skip' }, { supported: { actions: ['skip'], copyMethods: [] } }),
      ['Warn PvNoSupportedAction'],
    ],
    ['skipped', volumeOf({ action: 'skip', storageClass: 'golden' }), []],
  ])('%s', (_, entry, expected) => {
    expect(findings([entry])).toEqual(expected);
  });

  it('are many', () => {
    expect(findings([volumeOf(), volumeOf({}, { name: 'pv-2' })], 1)).toEqual(['Warn PvLimitExceeded']);
  });
});

describe('claims on the target', () => {
  const namespaces = [{ source: 'shop', target: 'store' }];
  const existing = (storage: string, labels = {}) =>
    objectOf('PersistentVolumeClaim', 'data', {
      metadata: { namespace: 'store', labels },
      status: { capacity: { storage } },
    });
  const user = (phase: string, labels = {}): KubeObject => ({
    ...pod('user', 'data', { namespace: 'store', labels }),
    status: { phase },
  });
  const ours = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
  const findings = (entry: PersistentVolumeEntry, claims: KubeObject[], pods: KubeObject[] = []) =>
    targetClaimFindings([entry], namespaces, { claims, pods }, 'plan-uid').map(({ type }) => type);

  it.each([
    ['none there', volumeOf(), [], [], []],
    ['another name', volumeOf({}, { pvc: { namespace: 'shop', name: 'data:else' } }), [existing('1Gi')], [], []],
    ['there and free', volumeOf(), [existing('1Gi')], [], ['TargetVolumeExists']],
    ['there, made by this plan', volumeOf(), [existing('1Gi', ours)], [], []],
    ['too small', volumeOf(), [existing('500Mi', ours)], [], ['TargetVolumeTooSmall']],
    ['in use', volumeOf(), [existing('2Gi')], [user('Running')], ['TargetVolumeInUse', 'TargetVolumeExists']],
    [
      'in use, allowed',
      volumeOf({ allowOverwrite: true }),
      [existing('2Gi')],
      [user('Running')],
      ['TargetVolumeExists'],
    ],
    ['in use by this plan', volumeOf(), [existing('2Gi', ours)], [user('Running', ours)], []],
    ['used by a finished pod', volumeOf(), [existing('2Gi', ours)], [user('Succeeded')], []],
    ['skipped', volumeOf({ action: 'skip' }), [existing('1Mi')], [user('Running')], []],
  ])('%s', (_, entry, claims, pods, expected) => {
    expect(findings(entry, claims, pods)).toEqual(expected);
  });
});

describe('quotas on the target', () => {
  const namespaces = [{ source: 'shop', target: 'store' }];
  const quota = (hard: Record<string, string>, used: Record<string, string> = {}, namespace = 'store') =>
    objectOf('ResourceQuota', 'limits', { metadata: { namespace }, status: { hard, used } });
  const existing = objectOf('PersistentVolumeClaim', 'data', { metadata: { namespace: 'store' } });
  const items = (quotas: KubeObject[], claims: KubeObject[] = [], entry = volumeOf()) =>
    quotaFindings([entry], namespaces, { claims, quotas }).flatMap((finding) => finding.items ?? []);
  const ofClass = (name: string) => ({ [`${name}.storageclass.storage.k8s.io/requests.storage`]: '1Mi' });

  it.each([
    ['enough', [quota({ 'requests.storage': '3Gi' }, { 'requests.storage': '2Gi' })], 0],
    ['too little storage', [quota({ 'requests.storage': '3Gi' }, { 'requests.storage': '2500Mi' })], 1],
    ['too few claims', [quota({ persistentvolumeclaims: '2' }, { persistentvolumeclaims: '2' })], 1],
    ['too little of the class', [quota(ofClass('standard'))], 1],
    ['of another class', [quota(ofClass('golden'))], 0],
    ['of another namespace', [quota({ 'requests.storage': '1Mi' }, {}, 'web')], 0],
    ['of something else', [quota({ 'limits.cpu': '1' }, { 'limits.cpu': '1' })], 0],
  ])('%s', (_, quotas, expected) => {
    expect(items(quotas)).toHaveLength(expected);
  });

  it('do not count claims that are there, or skipped', () => {
    const full = [quota({ 'requests.storage': '1Mi' })];
    expect(items(full)).toEqual(['store/limits: requests.storage allows 1Mi, 0 is used, 1073741824 more is needed']);
    expect(items(full, [existing])).toEqual([]);
    expect(items(full, [], volumeOf({ action: 'skip' }))).toEqual([]);
  });
});
