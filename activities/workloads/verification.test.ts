import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import type { WorkloadActivities } from './contract.js';
import { createWorkloadActivities } from './index.js';

let target: FakeCluster;
let record: RunRecord;

beforeEach(() => {
  target = new FakeCluster('target');
  record = runRecord({ namespaces: [{ source: 'shop', target: 'store' }] });
});

const verify = (): ReturnType<WorkloadActivities['verifyTarget']> => {
  const { deps } = recordedRun(record, { source: new FakeCluster('source').client, target: target.client });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return environment.run(createWorkloadActivities(deps).verifyTarget, { run: refOf(record) });
};

const deployment = (name: string, available: number, namespace = 'store'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, generation: 1 },
  spec: { replicas: 1 },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: available },
});

const pod = (name: string, status: object, owner?: KubeObject, labels = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'store',
    labels,
    ...(owner && {
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid ?? '',
          controller: true,
        },
      ],
    }),
  },
  status,
});
const waiting = (reason: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'app', state: { waiting: { reason } } }],
});

describe('verifyTarget', () => {
  it('waits until the workloads of the mapped namespaces have all their pods, and reports nothing', async () => {
    target.set(deployment('web', 0));
    target.set(deployment('elsewhere', 0, 'shop'));
    setTimeout(() => target.set(deployment('web', 1)), 20);
    expect(await verify()).toEqual({ unhealthy: [] });
  });

  it.each(['ImagePullBackOff', 'ErrImagePull', 'CrashLoopBackOff'])(
    'ends as soon as a pod is in %s',
    async (reason) => {
      const web = target.set(deployment('web', 0));
      setTimeout(() => target.set(pod('web-1', waiting(reason), web)), 20);
      expect(await verify()).toEqual({
        unhealthy: [`Deployment store/web: 0 of 1 pods available. Pod web-1: container app waits with ${reason}`],
        resources: {
          namespaces: [
            {
              name: 'store',
              workloads: [
                { name: 'Pods', resources: ['web-1'] },
                { name: 'Deployments', resources: ['web'] },
              ],
            },
          ],
        },
      });
    },
  );

  it('names pods that belong to no workload, failed ones and those that find no node', async () => {
    target.set(pod('lost', { phase: 'Failed', reason: 'Evicted' }));
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes fit' }];
    target.set(pod('homeless', { phase: 'Pending', conditions }));
    target.set(pod('helper', { phase: 'Failed' }, undefined, { 'migration.openshift.io/helper': 'migration-uid' }));
    const { unhealthy, resources } = await verify();
    expect(unhealthy).toEqual(['Pod store/lost: phase Failed', 'Pod store/homeless: Unschedulable (0/1 nodes fit)']);
    expect(resources?.namespaces[0]?.workloads).toEqual([{ name: 'Pods', resources: ['lost', 'homeless'] }]);
  });

  it('passes over the failed tries of a Job that still runs', async () => {
    const job = target.set({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'import', namespace: 'store' },
      spec: { parallelism: 1 },
      status: { active: 1, ready: 1 },
    });
    target.set(pod('import-1', { phase: 'Failed' }, job));
    expect(await verify()).toEqual({ unhealthy: [] });
  });

  it('reports workloads without their pods when patience is spent', async () => {
    record.settings.patience.start = 1;
    target.set(deployment('web', 0));
    expect(await verify()).toMatchObject({ unhealthy: ['Deployment store/web: 0 of 1 pods available'] });
  });
});
