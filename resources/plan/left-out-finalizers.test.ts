import { expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { leftOutFinalizerFindings } from './left-out-finalizers.js';

const object = (kind: string, ...finalizers: string[]): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace: 'shop', name: 'web', ...(finalizers.length > 0 && { finalizers }) },
});

it('names what was set by others than Kubernetes', () => {
  const kubernetes = ['service.kubernetes.io/load-balancer-cleanup', 'foregroundDeletion', 'batch.kubernetes.io/job'];
  expect(leftOutFinalizerFindings([object('ConfigMap'), object('Service', ...kubernetes)])).toEqual([]);
  expect(
    leftOutFinalizerFindings([
      object('ConfigMap', 'example.com/keep', 'orphan'),
      object('Service', 'service.k8s.aws/resources'),
    ]),
  ).toMatchObject([
    {
      type: 'FinalizersLeftOut',
      category: 'Warn',
      items: ['ConfigMap shop/web (example.com/keep)', 'Service shop/web (service.k8s.aws/resources)'],
    },
  ]);
});
