import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { mapNamespaceReferences } from './namespace-references.js';

const mapping = new Map([['shop', 'store']]);
const object = (kind: string, body: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  ...body,
});

const byName = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name, tier: 'shop' } });
const inList = (...values: string[]) => ({
  matchExpressions: [
    { key: 'kubernetes.io/metadata.name', operator: 'In', values },
    { key: 'team', operator: 'In', values: ['shop'] },
  ],
});
const affinity = (namespace: string) => ({
  spec: {
    template: {
      spec: {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: [namespace], topologyKey: 'zone' }],
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, podAffinityTerm: { namespaceSelector: byName(namespace), topologyKey: 'zone' } },
            ],
          },
        },
      },
    },
  },
});

describe('mapNamespaceReferences', () => {
  it.each<[string, object, object]>([
    [
      'RoleBinding',
      {
        subjects: [
          { kind: 'ServiceAccount', name: 'shop', namespace: 'shop' },
          { kind: 'ServiceAccount', name: 'web', namespace: 'other' },
          { kind: 'User', name: 'system:serviceaccount:shop:web' },
          { kind: 'Group', name: 'system:serviceaccounts:shop' },
          { kind: 'Group', name: 'system:serviceaccounts' },
          { kind: 'User', name: 'shop' },
        ],
      },
      {
        subjects: [
          { kind: 'ServiceAccount', name: 'shop', namespace: 'store' },
          { kind: 'ServiceAccount', name: 'web', namespace: 'other' },
          { kind: 'User', name: 'system:serviceaccount:store:web' },
          { kind: 'Group', name: 'system:serviceaccounts:store' },
          { kind: 'Group', name: 'system:serviceaccounts' },
          { kind: 'User', name: 'shop' },
        ],
      },
    ],
    [
      'ClusterRoleBinding',
      { subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }] },
      { subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'store' }] },
    ],
    [
      'SecurityContextConstraints',
      { users: ['admin', 'system:serviceaccount:shop:web'], groups: ['system:serviceaccounts:shop'] },
      { users: ['admin', 'system:serviceaccount:store:web'], groups: ['system:serviceaccounts:store'] },
    ],
    [
      'NetworkPolicy',
      { spec: { ingress: [{ from: [{ namespaceSelector: byName('shop') }, { podSelector: {} }] }] } },
      { spec: { ingress: [{ from: [{ namespaceSelector: byName('store') }, { podSelector: {} }] }] } },
    ],
    [
      'NetworkPolicy',
      { spec: { egress: [{ to: [{ namespaceSelector: inList('shop', 'dns') }] }, {}] } },
      { spec: { egress: [{ to: [{ namespaceSelector: inList('store', 'dns') }] }, {}] } },
    ],
    ['Service', { spec: { externalName: 'db.shop.svc' } }, { spec: { externalName: 'db.store.svc' } }],
    [
      'Service',
      { spec: { externalName: 'db.shop.svc.cluster.local' } },
      { spec: { externalName: 'db.store.svc.cluster.local' } },
    ],
    ['Service', { spec: { externalName: 'db.shop.example.com' } }, { spec: { externalName: 'db.shop.example.com' } }],
    ['Deployment', affinity('shop'), affinity('store')],
    [
      'HTTPRoute',
      { spec: { parentRefs: [{ name: 'gw', namespace: 'shop' }], rules: [{ backendRefs: [{ name: 'web' }] }] } },
      { spec: { parentRefs: [{ name: 'gw', namespace: 'store' }], rules: [{ backendRefs: [{ name: 'web' }] }] } },
    ],
    ['ReferenceGrant', { spec: { from: [{ namespace: 'shop' }] } }, { spec: { from: [{ namespace: 'store' }] } }],
    [
      'ServiceMonitor',
      { spec: { namespaceSelector: { matchNames: ['shop', 'other'] } } },
      { spec: { namespaceSelector: { matchNames: ['store', 'other'] } } },
    ],
    ['ConfigMap', { data: { namespace: 'shop' } }, { data: { namespace: 'shop' } }],
    ['RoleBinding', { subjects: null }, { subjects: null }],
  ])('%s', (kind, before, after) => {
    expect(mapNamespaceReferences(object(kind, before), mapping)).toEqual(object(kind, after));
  });

  it('leaves the object it is given as it was', () => {
    const original = object('ReferenceGrant', { spec: { from: [{ namespace: 'shop' }] } });
    mapNamespaceReferences(original, mapping);
    expect(original.spec.from[0].namespace).toBe('shop');
  });
});
