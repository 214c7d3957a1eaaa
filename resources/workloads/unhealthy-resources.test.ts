import { expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { unhealthyResources } from './unhealthy-resources.js';

const object = (kind: string, namespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace, name },
});

it('groups what is unhealthy by namespace and kind', () => {
  const found = [
    object('Pod', 'shop', 'web-1'),
    object('Deployment', 'shop', 'web'),
    object('Pod', 'store', 'db-0'),
    object('Pod', 'shop', 'web-2'),
  ];
  expect(unhealthyResources(found)).toEqual({
    namespaces: [
      {
        name: 'shop',
        workloads: [
          { name: 'Pods', resources: ['web-1', 'web-2'] },
          { name: 'Deployments', resources: ['web'] },
        ],
      },
      { name: 'store', workloads: [{ name: 'Pods', resources: ['db-0'] }] },
    ],
  });
});

it('says nothing of nothing', () => {
  expect(unhealthyResources([])).toBeUndefined();
});
