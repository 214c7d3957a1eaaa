import { expect, it } from 'vitest';
import { podNeeds } from './pod-needs.js';

const needs = (kind: string, spec: object) =>
  podNeeds({ apiVersion: 'v1', kind, metadata: { name: 'web' }, spec }).map((need) => `${need.kind} ${need.name}`);
const container = (fields: object) => ({ containers: [{ name: 'app', ...fields }] });

it.each<[string, object, string[]]>([
  [
    'volumes',
    { volumes: [{ configMap: { name: 'a' } }, { secret: { secretName: 'b' } }] },
    ['ConfigMap a', 'Secret b'],
  ],
  [
    'projected volumes',
    { volumes: [{ projected: { sources: [{ configMap: { name: 'a' } }, { secret: { name: 'b' } }] } }] },
    ['ConfigMap a', 'Secret b'],
  ],
  [
    'environments',
    container({ envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'b' } }] }),
    ['ConfigMap a', 'Secret b'],
  ],
  [
    'variables',
    container({
      env: [{ valueFrom: { configMapKeyRef: { name: 'a' } } }, { valueFrom: { secretKeyRef: { name: 'a' } } }],
    }),
    ['ConfigMap a', 'Secret a'],
  ],
  ['init containers', { initContainers: [{ envFrom: [{ secretRef: { name: 'a' } }] }] }, ['Secret a']],
  ['images', { imagePullSecrets: [{ name: 'a' }] }, ['Secret a']],
  [
    'what is optional',
    {
      volumes: [{ configMap: { name: 'a', optional: true } }],
      ...container({ envFrom: [{ secretRef: { name: 'b', optional: true } }] }),
    },
    [],
  ],
  ['the same thing twice', { volumes: [{ configMap: { name: 'a' } }, { configMap: { name: 'a' } }] }, ['ConfigMap a']],
])('of a pod with %s', (_, spec, expected) => {
  expect(needs('Pod', spec)).toEqual(expected);
  expect(needs('Deployment', { template: { spec } })).toEqual(expected);
  expect(needs('CronJob', { jobTemplate: { spec: { template: { spec } } } })).toEqual(expected);
});
