import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import { LABELS } from '../meta/labels.js';
import { describeDiscard, discardsOf, mergeDiscards } from './discards.js';

const claim = (name: string, fields: Record<string, unknown> = { status: { capacity: { storage: '10Gi' } } }) =>
  objectOf('PersistentVolumeClaim', name, fields);
const pod = (name: string, claims: string[], fields: Record<string, unknown> = {}) =>
  objectOf('Pod', name, {
    spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
    status: { phase: 'Running' },
    ...fields,
  });

describe('what a rollback discards', () => {
  it('is claims that pods mount, with size and pods', () => {
    const pods = [pod('web-1', ['data', 'cache']), pod('web-0', ['data'])];
    const requested = claim('cache', { spec: { resources: { requests: { storage: '1Gi' } } } });
    const discards = discardsOf([claim('idle'), claim('data'), requested], pods, new Set());
    expect(discards).toEqual([
      { claim: 'shop/cache', size: '1Gi', pods: ['web-1'] },
      { claim: 'shop/data', size: '10Gi', pods: ['web-0', 'web-1'] },
    ]);
    expect(discards.map(describeDiscard)[1]).toBe('shop/data, 10Gi, mounted by web-0, web-1');
  });

  it.each([
    ['has ended', pod('done', ['data'], { status: { phase: 'Succeeded' } })],
    ['is a helper', pod('mtc-rsync', ['data'], { metadata: { labels: { [LABELS.helper]: 'run' } } })],
    ['is of another namespace', pod('other', ['data'], { metadata: { namespace: 'store' } })],
  ])('does not include a claim whose pod %s', (_, mounting) => {
    expect(discardsOf([claim('data')], [mounting], new Set(['run']))).toEqual([]);
  });

  it('is what the last look with pods saw', () => {
    const look = (...pods: string[]) => [{ claim: 'shop/data', size: '1Gi', pods }];
    expect(mergeDiscards([look('old'), look('new'), []])).toEqual(look('new'));
  });
});
