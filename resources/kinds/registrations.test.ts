import { describe, expect, it } from 'vitest';
import { defineKind } from '../meta/define-kind.js';
import type { KubeObject } from '../meta/kube-object.js';
import { KINDS } from './index.js';
import { isReconciledKind, isRunKind, REGISTERED, RUN_KINDS, refersTo, registrationsOf } from './registrations.js';

const { referencesOf } = REGISTERED;

const object = (kind: string, spec: unknown): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind,
  metadata: { name: 'it', namespace: 'openshift-migration' },
  spec,
});

const examples: Record<string, KubeObject> = {
  MigPlan: object('MigPlan', {
    srcMigClusterRef: { name: 'source', namespace: 'openshift-migration' },
    destMigClusterRef: { name: 'host' },
    migStorageRef: { name: 'bucket', namespace: 'elsewhere' },
    hooks: [{ reference: { name: 'drain', namespace: 'openshift-migration' }, phase: 'PreBackup' }, {}],
  }),
  MigSchedule: object('MigSchedule', { migPlanRef: { name: 'shop', namespace: 'openshift-migration' } }),
  MigCluster: object('MigCluster', { serviceAccountSecretRef: { name: 'token', namespace: 'openshift-config' } }),
  MigStorage: object('MigStorage', {
    backupStorageConfig: { credsSecretRef: { name: 's3', namespace: 'openshift-config' } },
    volumeSnapshotConfig: { credsSecretRef: { name: 'snap', namespace: 'openshift-config' } },
  }),
};

describe('referencesOf', () => {
  it('finds what a plan names, in its own namespace unless said otherwise', () => {
    expect(referencesOf(examples.MigPlan as KubeObject)).toEqual([
      { kind: 'MigCluster', namespace: 'openshift-migration', name: 'source' },
      { kind: 'MigCluster', namespace: 'openshift-migration', name: 'host' },
      { kind: 'MigStorage', namespace: 'elsewhere', name: 'bucket' },
      { kind: 'MigHook', namespace: 'openshift-migration', name: 'drain' },
    ]);
  });

  it('finds the Secrets of clusters and storages', () => {
    expect(referencesOf(examples.MigCluster as KubeObject)).toEqual([
      { kind: 'Secret', namespace: 'openshift-config', name: 'token' },
    ]);
    expect(referencesOf(examples.MigStorage as KubeObject).map(({ name }) => name)).toEqual(['s3', 'snap']);
  });

  it('finds nothing in kinds without references and in empty specs', () => {
    expect(referencesOf(object('MigHook', {}))).toEqual([]);
    expect(referencesOf(object('MigPlan', undefined))).toEqual([]);
    expect(referencesOf(object('MigCluster', { isHostCluster: true }))).toEqual([]);
  });

  it('agrees with the list of referring kinds', () => {
    const found = Object.values(examples).flatMap((example) =>
      referencesOf(example).map(({ kind }) => `${example.kind} → ${kind}`),
    );
    const listed = KINDS.flatMap(({ kind }) => REGISTERED.referringTo(kind).map((by) => `${by} → ${kind}`));
    expect([...new Set(found)].sort()).toEqual(listed.sort());
  });
});

describe('refersTo', () => {
  it('compares kind, namespace and name', () => {
    const cluster = examples.MigCluster as KubeObject;
    expect(refersTo(cluster, { kind: 'Secret', namespace: 'openshift-config', name: 'token' })).toBe(true);
    expect(refersTo(cluster, { kind: 'Secret', namespace: 'openshift-migration', name: 'token' })).toBe(false);
    expect(refersTo(cluster, { kind: 'ConfigMap', namespace: 'openshift-config', name: 'token' })).toBe(false);
  });
});

describe('registrations', () => {
  it('are what the definitions say', () => {
    expect([...REGISTERED.reconciled].sort()).toEqual([
      'MigCluster',
      'MigHook',
      'MigPlan',
      'MigSchedule',
      'MigStorage',
    ]);
    expect([...RUN_KINDS].sort()).toEqual(['DirectVolumeMigration', 'MigMigration']);
    expect(KINDS.map(({ kind }) => kind).filter((kind) => !REGISTERED.reported.has(kind))).toEqual([
      'DirectVolumeMigrationProgress',
      'Event',
      'Namespace',
    ]);
    expect(REGISTERED.ownedBy('MigMigration').map(({ kind }) => kind)).toEqual(['DirectVolumeMigration']);
    expect(REGISTERED.ownedBy('MigPlan')).toEqual([]);
  });

  it('tell kinds apart', () => {
    expect([isReconciledKind('MigPlan'), isReconciledKind('MigMigration')]).toEqual([true, false]);
    expect([isRunKind('MigMigration'), isRunKind('MigPlan')]).toEqual([true, false]);
  });

  it('hear of changes of whatever a reconciler or a run works on', () => {
    for (const kind of [...REGISTERED.reconciled, ...REGISTERED.run]) expect(REGISTERED.reported).toContain(kind);
  });

  it('have a kind that is defined in each place that concerns it', () => {
    const planted = defineKind({
      kind: 'MigAnalytic',
      plural: 'miganalytics',
      description: 'Planted.',
      columns: [],
      reported: true,
      reconciled: true,
      isRun: true,
      refersTo: [{ kind: 'MigPlan', find: (spec) => [spec.planRef] }],
      ownedBy: { kind: 'MigPlan', label: 'plan-uid' },
    });
    const registered = registrationsOf([...KINDS, planted]);
    for (const table of [registered.reported, registered.reconciled, registered.run]) {
      expect(table).toContain('MigAnalytic');
    }
    expect(registered.referringTo('MigPlan')).toEqual(['MigSchedule', 'MigAnalytic']);
    expect(registered.referencesOf(object('MigAnalytic', { planRef: { name: 'shop' } }))).toEqual([
      { kind: 'MigPlan', namespace: 'openshift-migration', name: 'shop' },
    ]);
    expect(registered.ownedBy('MigPlan')).toEqual([{ kind: 'MigAnalytic', label: 'plan-uid' }]);
  });

  it('name only kinds that are defined', () => {
    const known = KINDS.map(({ kind }) => kind);
    const named = KINDS.flatMap(({ refersTo: references = [], ownedBy, dependents = [] }) => [
      ...references.map(({ kind }) => kind),
      ...(ownedBy ? [ownedBy.kind] : []),
      ...dependents.map(({ kind }) => kind),
    ]);
    expect(named.filter((kind) => !known.includes(kind))).toEqual([]);
  });
});
