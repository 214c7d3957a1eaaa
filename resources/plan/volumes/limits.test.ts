import { describe, expect, it } from 'vitest';
import { objectOf, volumeOf } from '../../../test/kit/fakes/plan-objects.js';
import { atLeastAllowed, claimLimitFindings } from './claim-limits.js';
import { helperQuotaFindings } from './helper-quotas.js';

const namespaces = [{ source: 'shop', target: 'store' }];
const limits = (fields: object, namespace = 'store') =>
  objectOf('LimitRange', 'limits', {
    metadata: { namespace },
    spec: { limits: [{ type: 'PersistentVolumeClaim', ...fields }] },
  });

describe('limits of claims on the target', () => {
  const items = (limitRange: ReturnType<typeof limits>, claims: ReturnType<typeof limits>[] = [], entry = volumeOf()) =>
    claimLimitFindings([entry], namespaces, { claims, limitRanges: [limitRange] }).flatMap(
      (found) => found.items ?? [],
    );

  it.each([
    ['large enough', limits({ max: { storage: '1Gi' } }), []],
    ['too small', limits({ max: { storage: '500Mi' } }), ['store/data (1Gi, at most 500Mi)']],
    ['of another namespace', limits({ max: { storage: '1Mi' } }, 'web'), []],
    ['contradicting', limits({ min: { storage: '5Gi' }, max: { storage: '2Gi' } }), ['store/data (5Gi, at most 2Gi)']],
  ])('%s', (_, limitRange, expected) => {
    expect(items(limitRange)).toEqual(expected);
  });

  it('do not matter for a claim that is there, or skipped', () => {
    const there = objectOf('PersistentVolumeClaim', 'data', { metadata: { namespace: 'store' } });
    expect(items(limits({ max: { storage: '1Mi' } }), [there])).toEqual([]);
    expect(items(limits({ max: { storage: '1Mi' } }), [], volumeOf({ action: 'skip' }))).toEqual([]);
  });

  it.each([
    ['100Mi', {}, '100Mi'],
    ['100Mi', { min: { storage: '1Gi' } }, '1Gi'],
    ['2Gi', { min: { storage: '1Gi' } }, '2Gi'],
  ])('make %s under %j %s', (size, fields, expected) => {
    expect(atLeastAllowed(size, [limits(fields)])).toBe(expected);
  });
});

describe('quotas and the helpers', () => {
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '1Gi' } };
  const quota = (namespace: string, hard: Record<string, string>, used: Record<string, string> = {}, spec = {}) =>
    objectOf('ResourceQuota', 'q', { metadata: { namespace }, spec, status: { hard, used } });
  const items = (source: object[], target: object[], entry = volumeOf()) =>
    helperQuotaFindings([entry], namespaces, { source, target } as never, resources).flatMap(
      (found) => found.items ?? [],
    );

  it.each([
    ['pods', { pods: '3' }, { pods: '3' }, 1],
    ['pods, one left', { 'count/pods': '3' }, { 'count/pods': '2' }, 0],
    ['node ports', { 'services.nodeports': '0' }, {}, 1],
    ['services', { services: '5' }, { services: '5' }, 1],
    ['secrets', { 'count/secrets': '1' }, { 'count/secrets': '1' }, 1],
    ['processor', { 'requests.cpu': '50m' }, {}, 1],
    ['processor by its short name', { cpu: '150m' }, { cpu: '100m' }, 1],
    ['memory that may be used', { 'limits.memory': '512Mi' }, {}, 1],
    ['enough of all', { 'limits.memory': '2Gi', pods: '9', services: '9', 'services.nodeports': '1' }, {}, 0],
    ['something else', { configmaps: '0' }, {}, 0],
  ])('on the target: %s', (_, hard, used, expected) => {
    expect(items([], [quota('store', hard, used)])).toHaveLength(expected);
    expect(items([], [quota('web', hard, used)])).toEqual([]);
  });

  it('on the source takes no Service', () => {
    expect(items([quota('shop', { services: '0', pods: '0' })], [])).toEqual([
      'source, shop/q: pods allows 0, 0 is used, 1 more is needed',
    ]);
    expect(items([quota('shop', { pods: '0' })], [], volumeOf({ action: 'skip' }))).toEqual([]);
    expect(items([quota('shop', { pods: '0' }, {}, { scopes: ['Terminating'] })], [])).toEqual([]);
  });
});
