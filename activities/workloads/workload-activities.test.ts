import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { KubeObject, OwnerReference } from '../../resources/kube-object.js';
import { ANNOTATIONS } from '../../resources/labels.js';
import type { RunRecord, RunRef } from '../../resources/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { FakeCluster } from '../../test/support/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../test/support/recorded-run.js';
import { createWorkloadActivities } from './index.js';

const OURS = { [ANNOTATIONS.quiescedByPlan]: 'plan-uid' };
const halted = (replicas: number) => ({ ...OURS, [ANNOTATIONS.preQuiesceReplicas]: String(replicas) });

let source: FakeCluster;
let target: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createWorkloadActivities>;
let environment: MockActivityEnvironment;
let run: RunRef;

const begin = (overrides: Partial<RunRecord> = {}): void => {
  const record = runRecord(overrides);
  run = refOf(record);
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  recorded = recordedRun(record, { source: source.client, target: target.client });
  activities = createWorkloadActivities(recorded.deps);
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
};
beforeEach(() => begin());

const perform = <Result>(activity: (input: { run: RunRef }) => Promise<Result>): Promise<Result> =>
  environment.run(activity, { run });

const deployment = (name: string, replicas = 2, metadata: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { replicas },
});
const controlledBy = ({ apiVersion, kind, metadata }: KubeObject): { ownerReferences: OwnerReference[] } => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
});
const pod = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', ...metadata },
  status: { phase: 'Running' },
});
const job = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { parallelism: 1 },
});
const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: 'shop' },
  spec: { suspend: false },
};
/** Once, when the first call of this verb and kind comes. */
const meanwhile = (cluster: FakeCluster, call: RegExp, deed: () => void): void => {
  cluster.beforeMutation = (made) => {
    if (!call.test(made)) return;
    cluster.beforeMutation = () => undefined;
    deed();
  };
};
/** Gives watches the time to see what was there before. */
const soon = (deed: () => void): unknown => setTimeout(deed, 20);

describe('quiesceApplications', () => {
  it('records that un-quiesce is owed before the first workload is touched', async () => {
    source.set(deployment('web'));
    let owedAtFirstPatch: unknown;
    meanwhile(source, /patch/, () => (owedAtFirstPatch = recorded.facts.quiesceOwed));
    await perform(activities.quiesceApplications);
    expect(owedAtFirstPatch).toBe(true);
  });

  it('reads again what somebody changed meanwhile, and saves the newest state', async () => {
    source.set(deployment('web', 2));
    meanwhile(source, /patch Deployment/, () => source.set(deployment('web', 5)));
    await perform(activities.quiesceApplications);
    expect(source.find('Deployment', 'web')).toMatchObject({
      metadata: { annotations: halted(5) },
      spec: { replicas: 0 },
    });
  });

  it('halts the Job that a CronJob made while it was being suspended', async () => {
    const { metadata } = source.set(cronJob);
    meanwhile(source, /patch CronJob/, () => source.set(job('late', controlledBy({ ...cronJob, metadata }))));
    expect(await perform(activities.quiesceApplications)).toEqual({ workloads: 1 + 1 });
    expect(isHalted(source.find('Job', 'late') as KubeObject)).toBe(true);
  });

  it('passes over a workload that is deleted meanwhile', async () => {
    const { apiVersion, kind } = source.set(deployment('web'));
    meanwhile(source, /patch/, () => source.delete({ apiVersion, kind, namespace: 'shop', name: 'web' }));
    await perform(activities.quiesceApplications);
    expect(source.objects.size).toBe(0);
  });

  it('touches only what the label selector chooses, and the Jobs of chosen CronJobs', async () => {
    begin({ labelSelector: { matchLabels: { app: 'shop' } } });
    const chosen = source.set({ ...cronJob, metadata: { ...cronJob.metadata, labels: { app: 'shop' } } });
    source.set(job('made', controlledBy(chosen)));
    source.set(job('foreign'));
    source.set(deployment('foreign'));
    source.set(deployment('web', 2, { labels: { app: 'shop' } }));
    await perform(activities.quiesceApplications);
    const touched = source.mutations.map((call) => call.replace('patch ', '')).sort();
    expect(touched).toEqual(['CronJob shop/nightly', 'Deployment shop/web', 'Job shop/made']);
  });

  it('goes on where a killed attempt stopped, with nothing saved twice', async () => {
    for (const name of ['a', 'b', 'c']) source.set(deployment(name, 3));
    let patches = 0;
    source.beforeMutation = () => {
      patches += 1;
      if (patches > 1) throw new Error('killed');
    };
    await expect(perform(activities.quiesceApplications)).rejects.toThrow('killed');
    source.beforeMutation = () => undefined;
    await perform(activities.quiesceApplications);
    for (const name of ['a', 'b', 'c']) {
      expect(source.find('Deployment', name)?.metadata.annotations).toEqual(halted(3));
    }
    expect(source.mutations).toHaveLength(3);
  });
});

describe('waitForQuiesce', () => {
  it('resolves when the last controlled pod is gone, not when it terminates', async () => {
    const replicaSet = source.set({ ...deployment('web-1'), kind: 'ReplicaSet', spec: { replicas: 0 } });
    const one = pod('web-1-x', controlledBy(replicaSet));
    source.set(one);
    source.set(pod('tool'));
    let gone = false;
    soon(() => {
      source.set({ ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
      soon(() => {
        gone = true;
        source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1-x' });
      });
    });
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 1 });
    expect(gone).toBe(true);
  });

  it('fails when a workload is scaled up while its pods go', async () => {
    const web = source.set(deployment('web', 0));
    source.set(pod('web-old', controlledBy(web)));
    soon(() => {
      source.set(deployment('web', 1));
      source.set(pod('web-new', controlledBy(web)));
    });
    await expect(perform(activities.waitForQuiesce)).rejects.toThrow(/Deployment shop\/web has spec.replicas 1/);
  });

  it('tells of an autoscaler that it is not to blame', async () => {
    source.set(deployment('web', 1));
    const scaleTargetRef = { kind: 'Deployment', name: 'web' };
    source.set({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'scaler', namespace: 'shop' },
      spec: { scaleTargetRef },
    });
    await expect(perform(activities.checkQuiesced)).rejects.toThrow(
      /scaler scales it too, but rests while replicas are 0/,
    );
  });

  it('says which pods are left when nothing moves', async () => {
    const settings = { ...runRecord().settings, patience: { ...runRecord().settings.patience, quiesce: 1 } };
    begin({ settings });
    source.set(pod('stuck', controlledBy(source.set(deployment('web', 0)))));
    await expect(perform(activities.waitForQuiesce)).rejects.toThrow(/Pods left \(1\): shop\/stuck \(Running\)/);
  });

  it('with a label selector waits only for the pods of chosen workloads, through what stands between', async () => {
    begin({ labelSelector: { matchLabels: { app: 'shop' } } });
    const web = source.set(deployment('web', 0, { labels: { app: 'shop' } }));
    const replicaSet = { ...deployment('web-1', 0, controlledBy(web)), kind: 'ReplicaSet' };
    source.set(pod('web-1-x', controlledBy(source.set(replicaSet))));
    source.set(pod('foreign-x', controlledBy(source.set(deployment('foreign', 1)))));
    soon(() => source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1-x' }));
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 1 });
  });
});

describe('unquiesceSource', () => {
  it('is harmless when quiesce never ran', async () => {
    source.set(deployment('web'));
    source.set(deployment('stopped', 0));
    expect(await perform(activities.unquiesceSource)).toEqual({ workloads: 0, alreadyRunning: 0 });
    expect(source.mutations).toEqual([]);
  });

  it('does not undo what somebody does between its look and its patch', async () => {
    source.set(deployment('web', 0, { annotations: halted(3) }));
    meanwhile(source, /patch/, () => source.set(deployment('web', 1, { annotations: halted(3) })));
    expect(await perform(activities.unquiesceSource)).toEqual({ workloads: 0, alreadyRunning: 1 });
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(1);
  });

  it('starts all the others before it fails for one', async () => {
    source.set(deployment('a-damaged', 0, { annotations: { ...OURS, [ANNOTATIONS.preQuiesceReplicas]: 'x' } }));
    source.set(deployment('b-fine', 0, { annotations: halted(3) }));
    await expect(perform(activities.unquiesceSource)).rejects.toThrow(/a-damaged can't be started.*holds "x"/);
    expect(source.find('Deployment', 'b-fine')?.spec.replicas).toBe(3);
  });
});

describe('startTarget', () => {
  const restored = { labels: { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' } };

  it('records the commit point before the first scale-up, once', async () => {
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    let atFirstPatch: unknown;
    meanwhile(target, /^patch/, () => {
      atFirstPatch = recorded.facts.commitPoint;
      throw new KubernetesApiError('away', { code: 503, reason: '', cluster: 'target', verb: '', path: '' });
    });
    await expect(perform(activities.startTarget)).rejects.toThrow('away');
    expect(atFirstPatch).toEqual(expect.any(String));
    await perform(activities.startTarget);
    expect(recorded.facts.commitPoint).toBe(atFirstPatch);
    expect(target.find('Deployment', 'web')).toMatchObject({ metadata: restored, spec: { replicas: 3 } });
    expect(target.find('Deployment', 'web')?.metadata.annotations).toBeUndefined();
  });

  it.each([
    ['a workload', /try to patch Deployment shop\/picky/],
    ['a pod without controller', /try to create Pod shop\/tool/],
  ])('neither commits nor starts anything when the target refuses %s', async (_, attempt) => {
    source.set(pod('tool'));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    target.set(deployment('picky', 0, { ...restored, annotations: halted(1) }));
    meanwhile(target, attempt, () => {
      throw new KubernetesApiError('not here', { code: 422, reason: '', cluster: 'target', verb: '', path: '' });
    });
    await expect(perform(activities.startTarget)).rejects.toThrow('not here');
    expect(recorded.facts).toEqual({});
    expect(target.mutations).toEqual([]);
  });

  it('neither commits nor starts anything while the source runs', async () => {
    source.set(deployment('web', 1));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    await expect(perform(activities.startTarget)).rejects.toThrow(/started again/);
    expect(recorded.facts).toEqual({});
    expect(target.mutations).toEqual([]);
  });

  it('leaves alone what was there before, also a pod of the same name', async () => {
    source.set(pod('tool'));
    target.set(pod('tool'));
    target.set(deployment('before', 0, { annotations: halted(3) }));
    await perform(activities.startTarget);
    expect(target.mutations).toEqual([]);
    expect(recorded.created).toEqual([]);
    expect(recorded.log.map(({ text }) => text)).toEqual([
      'Pod shop/tool is there already and was left as it is on the target.',
    ]);
  });
});

describe('confirmTargetDown', () => {
  it('touches nothing where nothing was restored', async () => {
    target.set(deployment('before', 2));
    await perform(activities.confirmTargetDown);
    expect(target.mutations).toEqual([]);
  });

  it('halts what was restored and waits for its pods alone', async () => {
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    const web = target.set(deployment('web', 2, { labels }));
    target.set(pod('web-x', controlledBy(web)));
    target.set(pod('before-x', controlledBy(target.set(deployment('before', 2)))));
    soon(() => target.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-x' }));
    await perform(activities.confirmTargetDown);
    expect(target.mutations).toEqual(['patch Deployment shop/web']);
    expect(target.find('Deployment', 'web')?.metadata.annotations).toEqual(halted(2));
  });
});
