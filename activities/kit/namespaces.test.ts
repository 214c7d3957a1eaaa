import { expect, it } from 'vitest';
import { namespaceLike } from './namespaces.js';

it('a namespace is made with what makes pods run and files readable as on the source', () => {
  const original = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'shop',
      uid: '1',
      labels: {
        'kubernetes.io/metadata.name': 'shop',
        team: 'shop',
        'field.cattle.io/projectId': 'p-abcde',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
      annotations: {
        'field.cattle.io/projectId': 'c-1:p-abcde',
        'openshift.io/sa.scc.uid-range': '1000650000/10000',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
    },
    status: { phase: 'Active' },
  };
  expect(namespaceLike(original, 'moved', { by: 'us' })).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'moved',
      labels: { team: 'shop', 'pod-security.kubernetes.io/enforce': 'restricted', by: 'us' },
      annotations: { 'openshift.io/sa.scc.uid-range': '1000650000/10000' },
    },
  });
});
