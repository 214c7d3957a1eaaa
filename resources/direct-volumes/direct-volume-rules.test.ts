import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import { type DirectVolumeMigration, directVolumeMigration } from '../kinds/direct-volume-migration.js';
import type { KubeObject } from '../meta/kube-object.js';
import { discoverVolumes } from '../plan/volumes/discover.js';
import { claimListFindings } from './claim-list.js';
import { type SeenCluster, type SeenVolumes, volumeFindings, volumesToCopy } from './volumes.js';

const copyOf = (claims: Record<string, unknown>[], spec: Record<string, unknown> = {}): DirectVolumeMigration => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'DirectVolumeMigration',
  metadata: { namespace: 'openshift-migration', name: 'copy', uid: 'copy-uid' },
  spec: directVolumeMigration.spec?.parse({
    persistentVolumeClaims: claims,
    createDestinationNamespaces: true,
    ...spec,
  }) as DirectVolumeMigration['spec'],
});
const data = { name: 'data', namespace: 'shop' };

describe('the list of claims', () => {
  const about = (...parameters: Parameters<typeof copyOf>) =>
    claimListFindings(copyOf(...parameters)).map(({ type, items }) => [type, items]);

  it('holds each claim once', () => {
    expect(about([])).toEqual([['InvalidPVCs', undefined]]);
    expect(about([data, { name: 'log', namespace: 'shop' }])).toEqual([]);
    expect(about([data, { ...data, targetName: 'other' }])).toEqual([['InvalidPVCs', ['shop/data']]]);
  });

  it('copies each into one of its own', () => {
    const onto = { name: 'log', namespace: 'shop', targetName: 'data' };
    expect(about([data, onto])).toEqual([['ConflictingPVCMappings', ['shop/data']]]);
    expect(about([data, { ...onto, targetNamespace: 'web' }])).toEqual([]);
  });

  it.each([
    [{ liveMigrate: true }, {}, 'spec.liveMigrate'],
    [{ migrationType: 'Rollback' }, {}, 'spec.migrationType Rollback'],
    [{}, { targetVolumeMode: 'Block' }, 'targetVolumeMode Block of shop/data'],
  ])('names what is not supported yet: %j %j', (spec, claim, item) => {
    expect(about([{ ...data, ...claim }], spec)).toEqual([['NotYetSupported', [item]]]);
  });
});

const claim = (name: string, fields: Record<string, unknown> = {}): KubeObject =>
  objectOf('PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], volumeName: `pv-${name}`, ...(fields.spec as object) },
    status: { phase: 'Bound' },
    metadata: fields.metadata,
  });
const storageClass = (name: string): KubeObject => objectOf('StorageClass', name, { provisioner: 'any' });
const cluster = (name: string, fields: Partial<SeenCluster> = {}): SeenCluster => ({
  name,
  uid: name,
  namespaces: new Map([['shop', objectOf('Namespace', 'shop')]]),
  storageClasses: [storageClass('standard')],
  claims: [],
  pods: [],
  ...fields,
});

function see(claims: KubeObject[], target: Partial<SeenCluster> = {}): SeenVolumes {
  const volumes = new Map(
    claims.map(({ spec }): [string, KubeObject] => [
      spec.volumeName,
      objectOf('PersistentVolume', spec.volumeName, {
        spec: { capacity: { storage: '2Gi' }, storageClassName: 'standard' },
      }),
    ]),
  );
  return {
    source: cluster('source', { claims }),
    target: cluster('target', target),
    volumes: discoverVolumes({ claims, pods: [], volumes, moveStorageClasses: [] }),
  };
}

describe('what is copied', () => {
  it('keeps its name, its modes and the class a plan would propose', () => {
    expect(volumesToCopy(copyOf([data]), see([claim('data')]))).toMatchObject([
      {
        id: 'shop/data',
        persistentVolume: 'pv-data',
        target: {
          namespace: 'shop',
          claim: 'data',
          storageClass: 'standard',
          accessModes: ['ReadWriteOnce'],
          size: '2Gi',
        },
        verify: false,
      },
    ]);
  });

  it('goes where the spec says', () => {
    const wanted = {
      ...data,
      targetName: 'archive',
      targetNamespace: 'web',
      targetStorageClass: 'fast',
      targetAccessModes: ['ReadWriteMany'],
      verify: true,
    };
    expect(volumesToCopy(copyOf([wanted]), see([claim('data')]))).toMatchObject([
      {
        source: { namespace: 'shop', claim: 'data' },
        target: { namespace: 'web', claim: 'archive', storageClass: 'fast', accessModes: ['ReadWriteMany'] },
        verify: true,
      },
    ]);
  });
});

describe('both clusters', () => {
  const about = (migration: DirectVolumeMigration, seen: SeenVolumes) =>
    volumeFindings(migration, seen).map(({ type, items }) => [type, items]);

  it('have nothing against a claim that is there and bound', () => {
    expect(about(copyOf([data]), see([claim('data')]))).toEqual([]);
  });

  it('miss what is not there or not bound', () => {
    expect(about(copyOf([data]), see([]))).toEqual([['PodsNotFoundOnSourceCluster', ['shop/data']]]);
    const waiting = { ...claim('data'), status: { phase: 'Pending' } };
    expect(about(copyOf([data]), see([waiting]))).toEqual([['ClaimsNotBound', ['shop/data']]]);
  });

  it('refuse block volumes', () => {
    const block = claim('data', { spec: { volumeMode: 'Block' } });
    expect(about(copyOf([data]), see([block]))).toEqual([['NotYetSupported', ['shop/data']]]);
  });

  it('refuse to copy a claim into itself when they are one', () => {
    const seen = see([claim('data')], { uid: 'source' });
    expect(about(copyOf([data]), seen)).toEqual([['ConflictingPVCMappings', ['shop/data']]]);
    expect(about(copyOf([{ ...data, targetName: 'new' }]), seen)).toEqual([]);
  });

  it('know the storage classes of the target', () => {
    const wanted = { ...data, targetStorageClass: 'fast' };
    expect(about(copyOf([wanted]), see([claim('data')]))).toEqual([['PvInvalidStorageClass', ['fast of shop/data']]]);
  });

  it('need the target namespaces unless they may be made', () => {
    const wanted = { ...data, targetNamespace: 'web' };
    const seen = see([claim('data')]);
    expect(about(copyOf([wanted], { createDestinationNamespaces: false }), seen)).toEqual([
      ['NamespaceNotFoundOnDestinationCluster', ['web']],
    ]);
    expect(about(copyOf([wanted]), seen)).toEqual([]);
  });

  it('tell of target claims that were there before, unless this copy made them', () => {
    const there = (labels: Record<string, string>) =>
      see([claim('data')], {
        claims: [claim('data', { metadata: { labels }, spec: { resources: { requests: { storage: '1Gi' } } } })],
      });
    expect(about(copyOf([data]), there({}))).toEqual([
      ['TargetVolumeTooSmall', ['shop/data (1Gi, needs 2Gi)']],
      ['TargetVolumeExists', ['shop/data']],
    ]);
    const own = { 'migration.openshift.io/migrated-by-directvolumemigration': 'copy-uid' };
    expect(about(copyOf([data]), there(own))).toEqual([['TargetVolumeTooSmall', ['shop/data (1Gi, needs 2Gi)']]]);
  });
});

describe('the spec', () => {
  const change = (phase: string | undefined, spec: Record<string, unknown>) => {
    const stored = { ...copyOf([data]), status: { phase } };
    return directVolumeMigration.validate?.({ ...stored, spec: { ...stored.spec, ...spec } }, stored);
  };

  it('is settled when the copy begins', () => {
    const claims = { persistentVolumeClaims: [] };
    expect(change(undefined, claims)).toEqual([]);
    expect(change('Prepare', claims)).toEqual([]);
    expect(change('RunRsyncOperations', claims)).toMatchObject([{ field: 'spec.persistentVolumeClaims' }]);
    expect(change('RunRsyncOperations', {})).toEqual([]);
    expect(change('Completed', { deleteProgressReportingCRs: true })).toEqual([]);
  });
});
