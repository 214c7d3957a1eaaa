import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { withoutForeignSubjects } from '../transforms/cluster-rights.js';
import { clusterRights, clusterRightsFindings, listedRights, type ObservedRights } from './cluster-rights.js';

const bindingOf = (name: string, ...subjects: object[]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
  subjects,
});
const web = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };
const FOREIGN = [
  { kind: 'User', name: 'mallory' },
  { kind: 'Group', name: 'system:authenticated' },
  { kind: 'Group', name: 'system:serviceaccounts' },
  { kind: 'ServiceAccount', namespace: 'shopping', name: 'web' },
  { kind: 'User', name: 'system:serviceaccount:shopping:web' },
];
const namespaceOf = (labels: Record<string, string>, annotations = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels, annotations },
});
const seen = (changes: Partial<ObservedRights>) =>
  clusterRights({ namespaces: ['shop'], bindings: [], constraints: [], newNamespaces: [], ...changes });

describe('a binding of the whole cluster', () => {
  it('arrives for the accounts of the plan alone', () => {
    expect(withoutForeignSubjects(bindingOf('b', web, ...FOREIGN), ['shop']).subjects).toEqual([web]);
    const untouched = bindingOf('b', ...FOREIGN);
    expect(withoutForeignSubjects(untouched, ['shop'])).toBe(untouched);
  });

  it('is told, with how many others it names; one that names none of the plan is not', () => {
    const rights = seen({ bindings: [bindingOf('admins', web, ...FOREIGN), bindingOf('others', ...FOREIGN)] });
    expect(rights).toEqual([
      {
        kind: 'ClusterRoleBinding',
        name: 'admins',
        grants: 'ClusterRole cluster-admin',
        accounts: ['shop/web'],
        leftOut: 5,
        travels: true,
      },
    ]);
    expect(clusterRightsFindings(rights, 'new')).toMatchObject([
      {
        type: 'ClusterRightsTravel',
        category: 'Warn',
        items: ['ClusterRoleBinding admins (ClusterRole cluster-admin)'],
      },
    ]);
  });
});

describe('labels of a namespace', () => {
  it.each([
    ['pod-security.kubernetes.io/enforce', 'privileged'],
    ['admission.gatekeeper.sh/ignore', 'no-self-managing'],
    ['policies.kyverno.io/exempt', 'true'],
    ['openshift.io/run-level', '0'],
    ['security.openshift.io/disable-securitycontextconstraints', 'true'],
  ])('that exempt it are told: %s=%s', (label, value) => {
    expect(seen({ newNamespaces: [namespaceOf({ [label]: value })] })).toEqual([
      { kind: 'Namespace', name: 'shop', grants: `${label}=${value}`, travels: true },
    ]);
  });

  it('that restrict it, or that only name it, are not', () => {
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'privileged',
    };
    expect(seen({ newNamespaces: [namespaceOf({ ...labels, team: 'shop' })] })).toEqual([]);
  });

  it('that place it in its cluster are listed as staying, and warn of nothing', () => {
    const rights = seen({ newNamespaces: [namespaceOf({}, { 'field.cattle.io/projectId': 'c:p' })] });
    expect(rights).toMatchObject([{ grants: 'field.cattle.io/projectId=c:p', travels: false }]);
    expect(clusterRightsFindings(rights, 'new')).toEqual([]);
  });
});

it('rights are listed up to a bound', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ ...web, name: `web-${index}` }));
  const listed = listedRights(seen({ bindings: Array.from({ length: 300 }, (_, n) => bindingOf(`b${n}`, ...many)) }));
  expect(listed).toHaveLength(100);
  expect(listed?.[0]?.accounts).toHaveLength(20);
  expect(listedRights([])).toBeUndefined();
});
