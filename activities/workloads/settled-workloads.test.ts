import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { WORKLOAD_KINDS, workloadKindOf } from '../../resources/workloads/workload-kinds.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { createWorkloadActivities } from './index.js';

const record = runRecord();
const run = refOf(record);
let source: FakeCluster;
let activities: ReturnType<typeof createWorkloadActivities>;
let environment: MockActivityEnvironment;

beforeEach(() => {
  source = new FakeCluster('source');
  source.unserved = [];
  source.keepsGenerations = true;
  const recorded = recordedRun(record, { source: source.client, target: new FakeCluster('target').client });
  activities = createWorkloadActivities(recorded.deps);
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
});

const RUNNING: Record<string, object> = {
  CronJob: { suspend: false },
  DaemonSet: { template: { spec: { nodeSelector: { disk: 'ssd' } } } },
  Job: { parallelism: 2 },
  VirtualMachine: { runStrategy: 'Always' },
};

const workload = (kind: string, name = 'web'): KubeObject => ({
  apiVersion: workloadKindOf({ kind }).apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec: RUNNING[kind] ?? { replicas: 2 },
});
const check = (): Promise<void> => environment.run(activities.checkQuiesced, { run });
const settle = async (): Promise<void> => {
  await environment.run(activities.quiesceApplications, { run });
  await environment.run(activities.waitForQuiesce, { run });
};
const stored = (kind: string): KubeObject => source.find(kind, 'web') as KubeObject;
const scale = (kind: string, spec: object | undefined): void => source.edit(referenceOf(stored(kind)), { spec });

describe('a halted workload that was started and halted again by a client that leaves no field manager', () => {
  it.each(WORKLOAD_KINDS.map(({ kind }) => kind))('is seen: %s', async (kind) => {
    source.set(workload(kind));
    await settle();
    await check();
    const { resume, halt } = workloadKindOf({ kind });
    scale(kind, resume(stored(kind).metadata.annotations ?? {}));
    scale(kind, halt(stored(kind)));
    await expect(check()).rejects.toThrow(
      new RegExp(`${kind} shop/web: spec\\.\\S+ was set by a client that the cluster does not name.*from 2 to 4`),
    );
    // Its pods are waited for again, and what follows is copied after them.
    await settle();
    await check();
  });

  it('is seen when that was before its last pod had gone', async () => {
    const { uid = '' } = source.set(workload('Deployment')).metadata;
    await environment.run(activities.quiesceApplications, { run });
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'shop', ownerReferences: [owner] },
    };
    source.set(pod);
    setTimeout(() => {
      scale('Deployment', { replicas: 2 });
      scale('Deployment', { replicas: 0 });
      source.delete(referenceOf(pod));
    }, 20);
    await environment.run(activities.waitForQuiesce, { run });
    await expect(check()).rejects.toThrow(/from 2 to 4/);
  });
});

describe('what does not start anything', () => {
  it.each([
    ['one change of its template', { spec: { template: { metadata: { labels: { a: 'b' } } } } }],
    ['one change of its annotations', { metadata: { annotations: { team: 'shop' } } }],
    ['a new label', { metadata: { labels: { team: 'shop' } } }],
  ])('passes: %s', async (_, change) => {
    source.set(workload('Deployment'));
    await settle();
    source.edit(referenceOf(stored('Deployment')), change);
    await check();
  });

  it('passes: several changes of its template, while the writer of its scale stays', async () => {
    source.set(workload('Deployment'));
    await settle();
    const managedFields = [{ manager: 'mtc', time: '10:00', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
    source.edit(referenceOf(stored('Deployment')), { metadata: { managedFields } });
    await environment.run(activities.waitForQuiesce, { run });
    for (const image of ['a', 'b', 'c']) scale('Deployment', { template: { image } });
    await check();
  });

  it('passes: a workload made since then that has always been halted', async () => {
    source.set(workload('Deployment'));
    await settle();
    source.set({ ...workload('StatefulSet', 'late'), spec: { replicas: 0 } });
    await check();
  });
});

describe('a workload made since the application was halted', () => {
  it('is seen when it was halted only later', async () => {
    source.set(workload('Deployment'));
    await settle();
    source.delete(referenceOf(stored('Deployment')));
    source.set(workload('Deployment'));
    scale('Deployment', { replicas: 0 });
    await expect(check()).rejects.toThrow(/Deployment shop\/web: .*it was created, and its generation is 2 by now/);
  });

  it('is seen when it is a Job that has ended', async () => {
    source.set(workload('CronJob'));
    await settle();
    const status = { conditions: [{ type: 'Complete', status: 'True' }] };
    source.set({ ...workload('Job', 'by-hand'), status });
    await expect(check()).rejects.toThrow(/Job shop\/by-hand: .*has run since/);
  });
});
