import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import { type ClusterUsers, otherUsers } from './cluster-users.js';

const users: ClusterUsers = {
  planUid: 'plan-uid',
  planNamespaces: new Set(['shop']),
  namespaces: new Set(['shop', 'web']),
  accounts: [
    objectOf('ServiceAccount', 'ours', {
      metadata: { labels: { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' } },
    }),
    objectOf('ServiceAccount', 'theirs', {
      metadata: { labels: { 'migration.openshift.io/migrated-by-migplan': 'other' } },
    }),
    objectOf('ServiceAccount', 'default'),
  ],
  bindings: [
    objectOf('RoleBinding', 'reads', {
      metadata: { namespace: 'web' },
      roleRef: { kind: 'ClusterRole', name: 'reader' },
    }),
    objectOf('RoleBinding', 'own', { roleRef: { kind: 'Role', name: 'writer' } }),
  ],
  pods: [objectOf('Pod', 'p', { metadata: { namespace: 'web' }, spec: { priorityClassName: 'urgent' } })],
};
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', name, namespace });

describe('who else uses what is cluster-scoped', () => {
  it.each<[string, object[], string[]]>([
    ['no account', [account('shop', 'ours'), account('shop', 'default')], []],
    ['an account of another namespace', [account('shop', 'ours'), account('web', 'x')], ['ServiceAccount web/x']],
    ['an account of a namespace that is not there', [account('gone', 'x')], []],
    ["another plan's account in the same namespace", [account('shop', 'theirs')], ['ServiceAccount shop/theirs']],
    [
      'an account by its user name',
      [{ kind: 'User', name: 'system:serviceaccount:web:x' }],
      ['User system:serviceaccount:web:x'],
    ],
    [
      'all of a namespace',
      [{ kind: 'Group', name: 'system:serviceaccounts:web' }],
      ['Group system:serviceaccounts:web'],
    ],
    ['all accounts', [{ kind: 'Group', name: 'system:serviceaccounts' }], ['Group system:serviceaccounts']],
    ['a person', [{ kind: 'User', name: 'alice' }], ['User alice']],
  ])('a binding: %s', (_, subjects, expected) => {
    expect(otherUsers(objectOf('ClusterRoleBinding', 'b', { subjects }), users)).toEqual(expected);
  });

  it.each<[string, string, object, string[]]>([
    ['ClusterRole', 'reader', {}, ['RoleBinding web/reads']],
    ['ClusterRole', 'writer', {}, []],
    ['PriorityClass', 'urgent', {}, ['Pod web/p']],
    ['PriorityClass', 'other', {}, []],
    ['SecurityContextConstraints', 's', { users: ['system:serviceaccount:shop:ours'], groups: [] }, []],
    [
      'SecurityContextConstraints',
      's',
      { groups: ['system:serviceaccounts:web'] },
      ['Group system:serviceaccounts:web'],
    ],
    ['IngressClass', 'i', {}, []],
  ])('%s %s', (kind, name, fields, expected) => {
    expect(otherUsers(objectOf(kind, name, { ...fields }), users)).toEqual(expected);
  });
});
