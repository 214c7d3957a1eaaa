import { describe, expect, it } from 'vitest';
import { migrationOf, objectOf, planOf, volumeOf } from '../../test/kit/fakes/plan-objects.js';
import type { KubeObject } from '../meta/kube-object.js';
import { clusterUidsOf } from './cluster-uids.js';
import { conflictFindings, sharedNamespaces } from './conflicts.js';
import { includedResourceFindings } from './included-resources.js';
import { namespaceAnnotationFindings } from './namespace-annotations.js';
import { notYetSupportedFindings } from './not-yet-supported.js';

import { podFindings } from './pods.js';
import { referenceFindings } from './references.js';
import { suspensionFindings } from './suspension.js';

const types = (findings: { type: string }[]) => findings.map(({ type }) => type);

/** MigClusters that are one cluster. */
const oneCluster = (...names: string[]) =>
  clusterUidsOf(
    names.map((name) => ({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigCluster',
      metadata: { namespace: 'openshift-migration', name },
      status: { clusterUid: 'one' },
    })),
  );

describe('conflicts between plans', () => {
  const plan = (name: string, namespaces: string[], from: string, to: string, changes = {}) =>
    planOf(
      { namespaces, srcMigClusterRef: { name: from }, destMigClusterRef: { name: to }, ...changes },
      undefined,
      name,
    );
  const mine = plan('mine', ['shop:store'], 'old', 'new');

  it.each([
    ['same namespace of the source', plan('other', ['shop'], 'old', 'third'), ['PlanConflict']],
    ['same namespace, once mapped', plan('other', ['shop:elsewhere'], 'old', 'new'), ['PlanConflict']],
    ['onto the same namespace of the target', plan('other', ['web:store'], 'third', 'new'), ['PlanConflict']],
    ['onward from where mine arrives', plan('other', ['store'], 'new', 'third'), ['PlanConflict']],
    ['same name in another cluster', plan('other', ['shop'], 'third', 'fourth'), []],
    ['name of my target on the source', plan('other', ['store:x'], 'old', 'new'), []],
    ['closed', plan('other', ['shop'], 'old', 'new', { closed: true }), []],
    ['itself', mine, []],
  ])('%s', (_, other, expected) => {
    expect(types(conflictFindings(mine, [other], new Map()))).toEqual(expected);
  });

  it('of two names of one cluster', () => {
    const other = plan('other', ['shop'], 'old-too', 'third');
    const [finding] = conflictFindings(mine, [other], oneCluster('old', 'old-too'));
    expect(finding?.items).toEqual([expect.stringContaining('old-too:shop')]);
    expect(conflictFindings(mine, [other], oneCluster('old'))).toEqual([]);
  });
});

describe('namespaces shared with other plans', () => {
  const plan = (name: string, namespaces: string[], spec = {}) =>
    planOf(
      { namespaces, srcMigClusterRef: { name: 'old' }, destMigClusterRef: { name: 'new' }, ...spec },
      undefined,
      name,
    );
  const mine = plan('mine', ['shop:store', 'web']);

  it.each([
    ['open', plan('other', ['web:x']), ['web']],
    ['closed', plan('other', ['shop'], { closed: true }), ['shop']],
    ['arriving there', plan('other', ['x:shop'], { destMigClusterRef: { name: 'old' } }), ['shop']],
    ['elsewhere', plan('other', ['store', 'shop'], { srcMigClusterRef: { name: 'third' } }), []],
    ['its own', mine, []],
  ])('%s', (_, other, expected) => {
    expect(sharedNamespaces(mine, [other], { closedToo: true, clusterUids: new Map() })).toEqual(expected);
  });

  it('by another name of the cluster', () => {
    const other = plan('other', ['shop'], { srcMigClusterRef: { name: 'old-too' } });
    const clusterUids = oneCluster('old', 'old-too');
    expect(sharedNamespaces(mine, [other], { closedToo: true, clusterUids })).toEqual(['shop']);
  });

  it('do not count a closed plan where all objects are migrated', () => {
    const other = plan('other', ['shop'], { closed: true });
    expect(sharedNamespaces(mine, [other], { closedToo: false, clusterUids: new Map() })).toEqual([]);
  });
});

describe('included resources', () => {
  it('that the source does not know are named', () => {
    const plan = planOf({ includedResources: [{ kind: 'Secret' }, { group: 'apps', kind: 'Deploymnt' }] });
    const served = [
      { group: '', kind: 'Secret' },
      { group: 'apps', kind: 'Deployment' },
    ];
    expect(includedResourceFindings(plan, served, 'old')).toMatchObject([
      { type: 'InvalidResourceList', category: 'Critical', items: ['Deploymnt of apps'] },
    ]);
    expect(includedResourceFindings(planOf({}), served, 'old')).toEqual([]);
  });

  it('that belong to no namespace are not brought for themselves, which is told', () => {
    const clusterScoped = (group: string, kind: string) => ({ group, kind, namespaced: false });
    const scheduling = 'scheduling.k8s.io';
    const extensions = 'apiextensions.k8s.io';
    const listed = [clusterScoped(scheduling, 'PriorityClass'), clusterScoped(extensions, 'CustomResourceDefinition')];
    const includedResources = listed.map(({ group, kind }) => ({ group, kind }));
    expect(includedResourceFindings(planOf({ includedResources }), listed, 'old')).toMatchObject([
      { type: 'ClusterScopedResourcesNotIncluded', category: 'Warn', items: [`PriorityClass of ${scheduling}`] },
    ]);
  });
});

describe('references', () => {
  const ready: KubeObject = {
    ...objectOf('MigCluster', 'any'),
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const reference = { namespace: 'openshift-migration', name: 'any' };

  it('are right when all are there and Ready', () => {
    const found = { reference, object: ready };
    expect(referenceFindings({ source: found, target: found, storage: found })).toEqual([]);
  });

  it('that are not set, not there or not Ready are told apart', () => {
    const lookups = {
      source: {},
      target: { reference },
      storage: { reference, object: objectOf('MigStorage', 'any') },
    };
    expect(referenceFindings(lookups)).toMatchObject([
      { type: 'InvalidSourceClusterRef', reason: 'NotSet', category: 'Critical' },
      { type: 'InvalidDestinationClusterRef', reason: 'NotFound', category: 'Critical' },
      { type: 'StorageNotReady', category: 'Critical' },
    ]);
  });
});

describe('suspension', () => {
  it.each([
    ['no migration', [], []],
    ['a stage is over', [migrationOf('Stage', { succeeded: true })], []],
    ['a state migration is over', [migrationOf('State', { succeeded: true, committed: true })], []],
    ['a cutover was canceled', [migrationOf('Final')], []],
    ['one runs', [migrationOf('Stage', { running: true })], ['Suspended']],
    ['the application moved', [migrationOf('Final', { succeeded: true }), migrationOf('Stage')], ['Suspended']],
    ['a cutover failed after its commit point', [migrationOf('Final', { committed: true })], ['Suspended']],
    ['the application was converted', [migrationOf('Conversion', { committed: true })], ['Suspended']],
    [
      'the application was brought back',
      [migrationOf('Final', { succeeded: true }), migrationOf('Rollback', { succeeded: true })],
      [],
    ],
  ])('%s', (_, migrations, expected) => {
    expect(types(suspensionFindings(migrations))).toEqual(expected);
  });
});

describe('what is not supported yet', () => {
  const nothing = { imageStreamNamespaces: [], dataVolumes: [] };
  const items = (spec: object, volume = volumeOf(), needs = nothing as Parameters<typeof notYetSupportedFindings>[2]) =>
    notYetSupportedFindings(planOf(spec as never), [volume], needs, []).flatMap((finding) => finding.items ?? []);

  it.each([
    [{ indirectImageMigration: true }, 'spec.indirectImageMigration'],
    [{ indirectVolumeMigration: true }, 'spec.indirectVolumeMigration'],
    [{ liveMigrate: true }, 'spec.liveMigrate'],
  ])('in a plan: %j', (spec, field) => {
    expect(items(spec)).toEqual([expect.stringContaining(field)]);
  });

  it.each([
    ['moving', volumeOf({ action: 'move' }), 'spec.persistentVolumes[pv-1].selection.action move'],
    ['snapshots', volumeOf({ copyMethod: 'snapshot' }), 'selection.copyMethod snapshot'],
    ['block devices', volumeOf({}, { pvc: { name: 'data', volumeMode: 'Block' } }), 'pvc.volumeMode Block'],
  ])('of a volume: %s', (_, volume, field) => {
    expect(items({}, volume)).toEqual([expect.stringContaining(field)]);
  });

  it.each([
    ['images', { ...nothing, imageStreamNamespaces: ['shop'] }, 'ImageStreams of shop'],
    ['DataVolumes', { ...nothing, dataVolumes: ['shop/vm (disk)'] }, 'VirtualMachine shop/vm (disk)'],
  ])('by what is there: %s', (_, needs, field) => {
    expect(items({}, volumeOf(), needs)).toEqual([expect.stringContaining(field)]);
  });

  it('is nothing in a plan of direct copies, whatever is skipped', () => {
    expect(items({})).toEqual([]);
    expect(items({}, volumeOf({}, { pvc: { name: 'data:data-2' } }))).toEqual([]);
    expect(items({}, volumeOf({ action: 'skip' }, { pvc: { name: 'data:x', volumeMode: 'Block' } }))).toEqual([]);
  });
});

describe('annotations of namespaces', () => {
  const namespace = (name: string, annotations: Record<string, string>) =>
    objectOf('Namespace', name, { metadata: { annotations } });

  it('that are missing or differ give the line that fixes it', () => {
    const source = namespace('shop', {
      'openshift.io/sa.scc.uid-range': '1000/10',
      'openshift.io/node-selector': "disk='fast'",
      same: 'same',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    });
    const target = namespace('store', { 'openshift.io/sa.scc.uid-range': '2000/10', same: 'same', own: 'own' });
    expect(namespaceAnnotationFindings([{ source, target }], 'new')).toMatchObject([
      {
        category: 'Warn',
        items: [
          "oc annotate --overwrite namespace store 'openshift.io/sa.scc.uid-range=1000/10'",
          String.raw`oc annotate --overwrite namespace store 'openshift.io/node-selector=disk='\''fast'\'''`,
        ],
      },
    ]);
    expect(namespaceAnnotationFindings([{ source, target: source }], 'new')).toEqual([]);
  });
});

describe('pods of the source', () => {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }];
  const pod = (name: string, phase: string, status = {}, spec = {}, metadata: object = { ownerReferences }) =>
    objectOf('Pod', name, { spec, metadata, status: { phase, ...status } });
  const waiting = (reason: string) => ({ containerStatuses: [{ state: { waiting: { reason } } }] });

  it.each([
    ['healthy', [pod('a', 'Running'), pod('b', 'Succeeded'), pod('c', 'Pending')], []],
    ['too many', [pod('a', 'Running'), pod('b', 'Running'), pod('c', 'Running')], ['PodLimitExceeded']],
    ['failed', [pod('a', 'Failed')], ['SourcePodsNotHealthy']],
    ['crashing', [pod('a', 'Running', waiting('CrashLoopBackOff'))], ['SourcePodsNotHealthy']],
    ['without image', [pod('a', 'Pending', waiting('ImagePullBackOff'))], ['SourcePodsNotHealthy']],
    [
      'without node',
      [pod('a', 'Pending', { conditions: [{ type: 'PodScheduled', reason: 'Unschedulable' }] })],
      ['SourcePodsNotHealthy'],
    ],
    ['choosy', [pod('a', 'Running', {}, { nodeSelector: { disk: 'fast' } })], ['NamespacesHaveNodeSelectors']],
    ['on Linux', [pod('a', 'Running', {}, { nodeSelector: { 'kubernetes.io/os': 'linux' } })], []],
    ['without controller', [pod('a', 'Running', {}, {}, {})], ['BarePodsNotHalted']],
    ['without controller, and finished', [pod('a', 'Succeeded', {}, {}, {})], []],
  ])('%s', (_, pods, expected) => {
    expect(types(podFindings(pods, 2))).toEqual(expected);
  });

  it('without controller are named, with what to do before a cutover', () => {
    const [finding] = podFindings([pod('tool', 'Running', {}, {}, {}), pod('web', 'Running')], 2);
    expect(finding).toMatchObject({ category: 'Warn', items: ['shop/tool'] });
    expect(finding?.message).toContain('delete it before the cutover');
  });
});
