import { describe, expect, it } from 'vitest';
import { objectOf } from '../../../test/kit/fakes/plan-objects.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { beingDeletedFindings } from './being-deleted.js';

const AT = '2026-01-01T00:00:00Z';
const object = (kind: string, name: string, deletionTimestamp?: string): KubeObject =>
  objectOf(kind, name, { metadata: { ...(deletionTimestamp && { deletionTimestamp, finalizers: ['held'] }) } });
const nothing = { namespaces: [], claims: [], volumes: [] };

describe('SourceBeingDeleted', () => {
  it.each<[string, object, RegExp]>([
    ['a claim', { claims: [object('PersistentVolumeClaim', 'data', AT)] }, /PersistentVolumeClaim .*data \(deleted at/],
    ['a volume', { volumes: [object('PersistentVolume', 'pv', AT)] }, /PersistentVolume .*pv \(deleted at/],
    ['a namespace', { namespaces: [object('Namespace', 'shop', AT)] }, /Namespace .*shop \(deleted at/],
  ])('blocks for %s', (_, holders, named) => {
    const [finding] = beingDeletedFindings({ ...nothing, ...holders });
    expect(finding).toMatchObject({ type: 'SourceBeingDeleted', category: 'Critical' });
    expect(finding?.items?.[0]).toMatch(named);
  });

  it('says nothing of what stays', () => {
    const stays = { namespaces: [object('Namespace', 'shop')], claims: [object('PersistentVolumeClaim', 'data')] };
    expect(beingDeletedFindings({ ...nothing, ...stays })).toEqual([]);
  });
});
