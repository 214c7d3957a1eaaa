import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { computeQuotaFindings, computeQuotaProblems } from './compute-quotas.js';

const quota = (hard: object, used: object = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'compute', namespace: 'store' },
  spec,
  status: { hard, used },
});
const container = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
const workload = (kind: string, spec: object, pod: object, more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  spec: { ...spec, template: { spec: pod } },
  ...more,
});
const problems = (quotas: KubeObject[], ...workloads: KubeObject[]) =>
  computeQuotaProblems(
    quotas,
    workloads.map((each) => ({ namespace: 'store', workload: each })),
  );

describe('computeQuotaProblems', () => {
  it.each([
    [{ pods: '3' }, { pods: '1' }, 'pods allows 3, 1 is used, 3 more is needed'],
    [{ 'requests.cpu': '1' }, { 'requests.cpu': '200m' }, 'requests.cpu allows 1, 200m is used, 1.5 more is needed'],
    [{ cpu: '1' }, {}, 'cpu allows 1, 0 is used, 1.5 more is needed'],
    [{ 'limits.memory': '256Mi' }, {}, 'limits.memory allows 256Mi, 0 is used, 384Mi more is needed'],
  ])('of %j with %j used', (hard, used, expected) => {
    const resources = { requests: { cpu: '500m' }, limits: { memory: '128Mi' } };
    const web = workload('Deployment', { replicas: 3 }, { containers: [{ resources }] });
    expect(problems([quota(hard, used)], web)).toEqual([`store/compute: ${expected}`]);
  });

  it.each([
    ['exactly enough', quota({ 'requests.cpu': '300m' }), workload('Deployment', { replicas: 3 }, pods('100m'))],
    ['another resource', quota({ 'count/secrets': '0' }), workload('Deployment', {}, pods('1'))],
    ['quotas of some pods only', quota({ pods: '0' }, {}, { scopes: ['BestEffort'] }), workload('Deployment', {}, {})],
    ['what does not run', quota({ pods: '0' }), workload('Deployment', { replicas: 0 }, {})],
    ['a Job that waits', quota({ pods: '0' }), workload('Job', { suspend: true }, {})],
  ])('finds nothing wrong with %s', (_, hard, web) => {
    expect(problems([hard], web)).toEqual([]);
  });

  it.each([
    ['init containers run before the others', { containers: [container('100m')], initContainers: [container('1')] }, 1],
    [
      'sidecars run beside them',
      { containers: [container('100m')], initContainers: [container('1', { restartPolicy: 'Always' })] },
      1.1,
    ],
    ['limits stand for requests', { containers: [{ resources: { limits: { cpu: '2' } } }] }, 2],
    ['overhead counts', { ...pods('1'), overhead: { cpu: '250m' } }, 1.25],
  ])('%s', (_, pod, needed) => {
    const [problem] = problems([quota({ cpu: '1m' })], workload('Deployment', { replicas: 1 }, pod));
    expect(problem).toContain(` ${needed} more is needed`);
  });

  it('counts what a quiesced workload had, and the nodes of a DaemonSet', () => {
    const quiesced = workload('Deployment', { replicas: 0 }, {});
    quiesced.metadata.annotations = { [ANNOTATIONS.preQuiesceReplicas]: '4' };
    const everywhere = workload('DaemonSet', {}, {}, { status: { desiredNumberScheduled: 2 } });
    expect(problems([quota({ pods: '5' })], quiesced, everywhere)[0]).toContain('6 more is needed');
  });
});

it('is a warning: a stage needs no pods', () => {
  const arriving = [{ namespace: 'store', workload: workload('Deployment', {}, {}) }];
  expect(computeQuotaFindings([quota({ pods: '0' })], arriving)).toMatchObject([
    { type: 'TargetComputeQuotaExceeded', category: 'Warn' },
  ]);
});

function pods(cpu: string) {
  return { containers: [container(cpu)] };
}
