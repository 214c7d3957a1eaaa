import { expect, it } from 'vitest';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { fitResources } from './pod-resources.js';

const limitRange = (limits: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'limits' },
  spec: { limits },
});
const wanted = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } };

it.each([
  ['none', [], wanted],
  ['of claims', [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }], wanted],
  [
    'narrow ones',
    [
      { type: 'Container', min: { memory: '256Mi' }, max: { cpu: '1500m', memory: '4Gi' } },
      { type: 'Pod', max: { cpu: '1' } },
    ],
    { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '1Gi' } },
  ],
])('the resources of transfer pods fit into limit ranges: %s', (_, limits, expected) => {
  expect(fitResources(wanted, [limitRange(limits)])).toEqual(expected);
});
