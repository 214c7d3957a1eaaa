import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { REFERRING_KINDS, referencesOf, refersTo } from './references.js';

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
    const listed = Object.entries(REFERRING_KINDS).flatMap(([kind, from]) => from.map((by) => `${by} → ${kind}`));
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
