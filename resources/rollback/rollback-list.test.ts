import { describe, expect, it } from 'vitest';
import type { RecordedObject } from '../run/created-object.js';
import { countByKind, rollbackList } from './rollback-list.js';

const TARGET = { uid: 'cluster-uid', clusterUid: 'kube-system-uid' };
const recorded = (kind: string, name: string, changes: Partial<RecordedObject> = {}): RecordedObject => ({
  cluster: TARGET.uid,
  clusterUid: TARGET.clusterUid,
  clusterName: 'target',
  apiVersion: 'v1',
  kind,
  namespace: 'shop',
  name,
  uid: `uid-of-${name}`,
  ...changes,
});
const clusterScoped = (kind: string, name: string) => recorded(kind, name, { namespace: undefined });
const names = (objects: readonly RecordedObject[]) => objects.map(({ kind, name }) => `${kind} ${name}`);

describe('the list of a rollback', () => {
  it('is in the order of removal: what uses something goes before it', () => {
    const { objects, volumes } = rollbackList([
      clusterScoped('Namespace', 'shop'),
      clusterScoped('CustomResourceDefinition', 'widgets'),
      clusterScoped('PersistentVolume', 'pv-1'),
      clusterScoped('ClusterRole', 'reader'),
      recorded('PersistentVolumeClaim', 'data'),
      recorded('Secret', 'b'),
      recorded('Secret', 'a'),
      recorded('Deployment', 'web'),
    ]);
    expect(names(objects)).toEqual([
      'Deployment web',
      'Secret a',
      'Secret b',
      'PersistentVolumeClaim data',
      'ClusterRole reader',
      'CustomResourceDefinition widgets',
      'Namespace shop',
    ]);
    expect(names(volumes)).toEqual(['PersistentVolume pv-1']);
    expect(countByKind(objects)).toEqual({
      ClusterRole: 1,
      CustomResourceDefinition: 1,
      Deployment: 1,
      Namespace: 1,
      PersistentVolumeClaim: 1,
      Secret: 2,
    });
  });

  it.each([
    ['made by several runs', recorded('Secret', 'a', { uid: 'new' })],
    ['recorded in two versions of its group', recorded('Secret', 'a', { apiVersion: 'v2', uid: 'new' })],
  ])('names an object once: %s', (_, again) => {
    expect(rollbackList([recorded('Secret', 'a'), again]).objects).toEqual([again]);
  });

  it.each([
    ['of another group', { apiVersion: 'example.com/v1' }],
    ['of another namespace', { namespace: 'store' }],
  ])('tells objects of one name apart: %s', (_, changes) => {
    expect(rollbackList([recorded('Secret', 'a'), recorded('Secret', 'a', changes)]).objects).toHaveLength(2);
  });

  it('knows a cluster whose MigCluster was made again, and leaves another cluster alone', () => {
    const before = recorded('Secret', 'before', { cluster: 'former-uid' });
    const other = recorded('Secret', 'other', { cluster: 'x', clusterUid: 'y' });
    const unknown = recorded('Secret', 'unknown', { cluster: 'x', clusterUid: '' });
    const { objects, elsewhere } = rollbackList([other, before, unknown], TARGET);
    expect(names(objects)).toEqual(['Secret before']);
    expect(names(elsewhere)).toEqual(['Secret other', 'Secret unknown']);
  });

  it('is of the cluster of the newest object when none is named, and empty for nothing', () => {
    const other = recorded('Secret', 'other', { cluster: 'x', clusterUid: 'y' });
    expect(names(rollbackList([other, recorded('Secret', 'a')]).objects)).toEqual(['Secret a']);
    expect(rollbackList([])).toEqual({ objects: [], volumes: [], elsewhere: [] });
    expect(countByKind([])).toEqual({});
  });
});
