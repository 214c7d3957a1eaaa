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
  [
    'a ratio of limit and request',
    [{ type: 'Container', maxLimitRequestRatio: { cpu: '4', memory: '2' } }],
    { requests: { cpu: '500m', memory: '536870912' }, limits: { cpu: '2', memory: '1Gi' } },
  ],
  [
    'a ratio that holds already',
    [{ type: 'Pod', maxLimitRequestRatio: { cpu: '50' } }],
    { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  ],
  [
    'what the settings say nothing of',
    [{ type: 'Pod', min: { 'ephemeral-storage': '1Mi' }, max: { 'ephemeral-storage': '1Gi' } }],
    {
      requests: { ...wanted.requests, 'ephemeral-storage': '1Mi' },
      limits: { ...wanted.limits, 'ephemeral-storage': '1Gi' },
    },
  ],
  [
    'a largest size alone',
    [{ type: 'Container', max: { 'ephemeral-storage': '1Gi' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
    {
      requests: { ...wanted.requests, 'ephemeral-storage': '1Gi' },
      limits: { ...wanted.limits, 'ephemeral-storage': '1Gi' },
    },
  ],
])('the resources of transfer pods fit into limit ranges: %s', (_, limits, expected) => {
  expect(fitResources(wanted, [limitRange(limits)])).toEqual(expected);
});
