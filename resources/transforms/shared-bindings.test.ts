import { describe, expect, it } from 'vitest';
import { shortHash } from '../run/names.js';
import { sharedBinding } from './shared-bindings.js';

const robot = (namespace: string) => ({ kind: 'ServiceAccount', name: 'robot', namespace });
const binding = (subjects: object[] | undefined, role = 'node-reader') => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'node:reader' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects,
});
const plan = { namespaces: ['b'], mapping: new Map([['b', 'b-new']]), planUid: 'plan-uid' };
const own = (subjects: object[]) => ({
  metadata: { name: `node:reader-${shortHash('plan-uid')}` },
  subjects,
});

describe('a binding that the target knows', () => {
  it.each<[string, object[], object[] | undefined, object[] | undefined]>([
    ['names our accounts already', [robot('a'), robot('b')], [robot('a'), robot('b-new')], undefined],
    ['is of other namespaces', [robot('a')], [robot('c')], undefined],
    ['lacks ours', [robot('a'), robot('b')], [robot('a-new'), robot('b')], [robot('b-new')]],
    ['names no account', [robot('b')], undefined, [robot('b-new')]],
    [
      'lacks ours by their user names',
      [
        { kind: 'User', name: 'system:serviceaccount:b:robot' },
        { kind: 'Group', name: 'system:serviceaccounts:b' },
        { kind: 'Group', name: 'system:serviceaccounts:bb' },
        { kind: 'User', name: 'alice' },
      ],
      [],
      [
        { kind: 'User', name: 'system:serviceaccount:b-new:robot' },
        { kind: 'Group', name: 'system:serviceaccounts:b-new' },
      ],
    ],
  ])('%s', (_, ofSource, ofTarget, missing) => {
    expect(sharedBinding(binding(ofSource), binding(ofTarget), plan)?.patch).toEqual(missing && own(missing));
  });

  it('gets nothing beside it that grants another role than on the target', () => {
    expect(sharedBinding(binding([robot('b')]), binding([], 'cluster-admin'), plan)).toEqual({
      missing: ['ServiceAccount b-new/robot'],
    });
  });
});
