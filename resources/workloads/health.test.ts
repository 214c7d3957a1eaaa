import { describe, expect, it } from 'vitest';
import { healthOf, progressOf, settlingSeconds } from './health.js';

const seen = { observedGeneration: 2 };
const healthy = { started: true, available: true };
const starting = { started: true, available: false };
const unseen = { started: false, available: false };

describe('healthOf', () => {
  it.each([
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, healthy],
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, starting],
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 3, updatedReplicas: 1, availableReplicas: 3 }, starting],
    ['Deployment', { replicas: 2, paused: true }, { ...seen, replicas: 2, availableReplicas: 2 }, healthy],
    ['Deployment', { replicas: 2, paused: true }, seen, starting],
    ['Deployment', { replicas: 2 }, { observedGeneration: 1, replicas: 2, availableReplicas: 2 }, unseen],
    ['Deployment', { replicas: 0 }, seen, healthy],
    ['Deployment', {}, undefined, unseen],
    ['StatefulSet', { replicas: 3 }, { ...seen, replicas: 1, readyReplicas: 0 }, starting],
    ['StatefulSet', { replicas: 3, podManagementPolicy: 'Parallel' }, { ...seen, replicas: 1 }, unseen],
    ['StatefulSet', { replicas: 3 }, { ...seen, replicas: 3, readyReplicas: 3 }, healthy],
    ['ReplicaSet', { replicas: 1 }, { ...seen, replicas: 1, availableReplicas: 1 }, healthy],
    ['DaemonSet', {}, { ...seen, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberAvailable: 1 }, starting],
    ['DaemonSet', {}, { ...seen, desiredNumberScheduled: 0 }, healthy],
    ['CronJob', { suspend: false }, {}, healthy],
    ['Job', { parallelism: 1 }, {}, unseen],
    ['Job', { parallelism: 1 }, { active: 1 }, starting],
    ['Job', { parallelism: 1 }, { active: 1, ready: 1 }, healthy],
    ['Job', { parallelism: 1, suspend: true }, {}, healthy],
    ['Job', { parallelism: 1 }, { conditions: [{ type: 'Complete', status: 'True' }] }, healthy],
    ['Pod', {}, { phase: 'Pending' }, unseen],
    ['Pod', {}, { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] }, starting],
    ['Pod', {}, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, healthy],
  ])('of a %s %j with %j', (kind, spec, status, expected) => {
    expect(healthOf({ apiVersion: 'v1', kind, metadata: { name: 'web', generation: 2 }, spec, status })).toMatchObject(
      expected,
    );
  });
});

describe('progressOf', () => {
  it.each([
    [
      'StatefulSet',
      { replicas: 4 },
      { ...seen, replicas: 2, readyReplicas: 1 },
      { ...seen, replicas: 2, readyReplicas: 2 },
    ],
    ['StatefulSet', { replicas: 4 }, { ...seen, replicas: 2 }, { ...seen, replicas: 3 }],
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 2 }, { ...seen, replicas: 2, readyReplicas: 1 }],
    ['Deployment', { replicas: 2 }, { ...seen, readyReplicas: 1 }, { ...seen, readyReplicas: 1, availableReplicas: 1 }],
    ['DeploymentConfig', { replicas: 2 }, { ...seen, replicas: 1 }, { ...seen, replicas: 2 }],
    ['DaemonSet', {}, { ...seen, desiredNumberScheduled: 2 }, { ...seen, desiredNumberScheduled: 2, numberReady: 1 }],
    ['Job', { parallelism: 2 }, { active: 1 }, { active: 2 }],
    ['VirtualMachine', { runStrategy: 'Always' }, {}, { created: true }],
    ['Pod', {}, { phase: 'Pending' }, { phase: 'Running' }],
  ])('of a %s %j is more with each pod that comes further: %j, %j', (kind, spec, before, after) => {
    const of = (status: object) =>
      progressOf({ apiVersion: 'v1', kind, metadata: { name: 'web', generation: 2 }, spec, status });
    expect(of(after)).toBeGreaterThan(of(before));
    expect(of(after)).toBe(of(after));
  });
});

it.each([
  [{ minReadySeconds: 30 }, 30],
  [{}, 0],
  [undefined, 0],
])('pods of a workload with spec %j settle for %s s', (spec, expected) => {
  expect(settlingSeconds({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec })).toBe(
    expected,
  );
});
