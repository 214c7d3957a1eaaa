import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import canonicalize from 'canonicalize';
import { beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { RunOutline } from '../../migrations-db/migration-store.js';
import type { KubeObject, OwnerReference } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRef, RunVolume } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { type RecordOverrides, recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createWorkloadActivities } from './index.js';

const OURS = { [ANNOTATIONS.quiescedByPlan]: 'plan-uid' };
const halted = (replicas: number) => ({ ...OURS, [ANNOTATIONS.preQuiesceReplicas]: String(replicas) });

/** What a halt by the run of these tests says beside. */
const BY_THIS_RUN = { [ANNOTATIONS.quiescedByRun]: 'migration-uid/1' };

let source: FakeCluster;
let target: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createWorkloadActivities>;
let environment: MockActivityEnvironment;
let run: RunRef;

const begin = (overrides: RecordOverrides = {}): void => {
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

/** As an unwind does it. */
const undo: typeof perform = (activity) => recorded.unwinding(() => perform(activity));

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
const onCall = (cluster: FakeCluster, call: RegExp, action: () => void): void => {
  cluster.beforeMutation = (made) => {
    if (!call.test(made)) return;
    cluster.beforeMutation = () => undefined;
    action();
  };
};
/** Gives watches the time to see what was there before. */
const soon = (action: () => void): unknown => setTimeout(action, 20);

describe('quiesceApplications', () => {
  it('records that un-quiesce is owed before the first workload is touched', async () => {
    source.set(deployment('web'));
    let owedAtFirstPatch: unknown;
    onCall(source, /patch/, () => (owedAtFirstPatch = recorded.facts.quiesceOwed));
    await perform(activities.quiesceApplications);
    expect(owedAtFirstPatch).toBe(true);
  });

  it('reads again what was changed in between, and saves the newest state', async () => {
    source.set(deployment('web', 2));
    onCall(source, /patch Deployment/, () => source.set(deployment('web', 5)));
    await perform(activities.quiesceApplications);
    expect(source.find('Deployment', 'web')).toMatchObject({
      metadata: { annotations: halted(5) },
      spec: { replicas: 0 },
    });
  });

  it('leaves the start to the own steps of a rollback: no unwind owes it', async () => {
    begin({ itinerary: 'Rollback', converted: true });
    source.set(deployment('web', 2));
    await perform(activities.quiesceApplications);
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(0);
    expect(recorded.facts).not.toHaveProperty('quiesceOwed');
  });

  it('halts nothing once the run unwinds or has ended', async () => {
    source.set(deployment('web', 2));
    recorded.state = 'Failed';
    await expect(perform(activities.quiesceApplications)).rejects.toThrow(/came too late/);
    expect(source.mutations).toEqual([]);
    expect(recorded.facts).toEqual({});
  });

  it('does not halt again what an unwind has started while a patch was under way', async () => {
    source.set(deployment('web', 2));
    onCall(source, /patch Deployment/, () => {
      recorded.state = 'Unwinding';
      source.set(deployment('web', 2));
    });
    await expect(perform(activities.quiesceApplications)).rejects.toThrow(/came too late/);
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(2);
  });

  it('halts the Job that a CronJob made while it was being suspended', async () => {
    const { metadata } = source.set(cronJob);
    onCall(source, /patch CronJob/, () => source.set(job('late', controlledBy({ ...cronJob, metadata }))));
    expect(await perform(activities.quiesceApplications)).toMatchObject({ workloads: 1 + 1 });
    expect(isHalted(source.find('Job', 'late') as KubeObject)).toBe(true);
  });

  it('passes over a workload that is deleted in between', async () => {
    const { apiVersion, kind } = source.set(deployment('web'));
    onCall(source, /patch/, () => source.delete({ apiVersion, kind, namespace: 'shop', name: 'web' }));
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

  it('touches only kinds the plan includes, and what writes to the volumes it copies', async () => {
    begin({
      includedResources: [
        { group: 'batch', kind: 'CronJob' },
        { group: '', kind: 'PersistentVolumeClaim' },
      ],
      volumes: [runVolume({ namespace: 'shop', claim: 'data' })],
    });
    const writing = { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } } };
    const chosen = source.set(cronJob);
    source.set(job('made', controlledBy(chosen)));
    source.set(deployment('foreign'));
    source.set({ ...deployment('writer'), spec: { replicas: 2, ...writing } });
    source.set({ ...deployment('elsewhere', 2, { namespace: 'web' }), spec: { replicas: 2, ...writing } });
    source.set(pod('foreign-1', controlledBy(deployment('foreign'))));
    await perform(activities.quiesceApplications);
    const touched = source.mutations.map((call) => call.replace('patch ', '')).sort();
    expect(touched).toEqual(['CronJob shop/nightly', 'Deployment shop/writer', 'Job shop/made']);
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 0 });
  });

  it('continues where a killed attempt stopped, with nothing saved twice', async () => {
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
      expect(source.find('Deployment', name)?.metadata.annotations).toEqual({ ...halted(3), ...BY_THIS_RUN });
    }
    expect(source.mutations).toHaveLength(3);
  });
});

const mounting = (claimName: string) => ({
  template: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } },
});
const volume = (claim: string): RunVolume => ({
  id: `shop/${claim}`,
  key: claim,
  persistentVolume: claim,
  source: { namespace: 'shop', claim },
  target: { namespace: 'shop', claim, storageClass: '', accessModes: [], volumeMode: 'Filesystem', size: '1Gi' },
  verify: false,
  mover: { name: 'rsync' },
  allowOverwrite: false,
});

describe('rehearseTarget of chosen objects', () => {
  it('does not ask for what is only halted because it writes to a volume', async () => {
    begin({
      includedResources: [
        { group: 'apps', kind: 'StatefulSet' },
        { group: '', kind: 'PersistentVolumeClaim' },
      ],
      volumes: [runVolume({ namespace: 'shop', claim: 'data' })],
    });
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const template = { spec: { containers: [{ name: 'app' }], volumes } };
    source.set({ ...deployment('writer'), spec: { replicas: 2, template } });
    expect(await perform(activities.rehearseTarget)).toEqual({ workloads: 0 });
    expect(await perform(activities.quiesceApplications)).toMatchObject({ workloads: 1 });
  });
});

describe('rehearseTarget', () => {
  const web = (more: object = {}): KubeObject => ({
    ...deployment('web'),
    spec: { replicas: 2, template: { spec: { serviceAccountName: 'shop', containers: [{ name: 'app' }] } }, ...more },
  });
  const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const refuse = (call: RegExp, message: string): void => {
    target.beforeMutation = (made) => {
      if (!call.test(made)) return;
      throw new KubernetesApiError(message, { code: 403, reason: '', cluster: 'target', verb: '', path: '' });
    };
  };
  beforeEach(() => {
    begin({ namespaces: [{ source: 'shop', target: 'store' }] });
    target.set(namespace('store'));
    source.set(web());
  });

  it('asks for each workload and a pod of it, and changes nothing', async () => {
    const tried: string[] = [];
    target.beforeMutation = (call) => void tried.push(call);
    source.set(job('nightly-1', controlledBy({ ...cronJob, metadata: { ...cronJob.metadata, uid: 'c' } })));
    source.set({ ...deployment('rests', 0) });
    source.set(deployment('there'));
    target.set({ ...deployment('there'), metadata: { name: 'there', namespace: 'store' } });
    expect(await perform(activities.rehearseTarget)).toEqual({ workloads: 2 });
    expect(tried.sort()).toEqual([
      'try to create Deployment store/rests',
      'try to create Deployment store/web',
      'try to create Pod store/web-rehearsal',
    ]);
    expect(target.mutations).toEqual([]);
  });

  it.each([
    ['a workload', /Deployment store\/web/, /Deployment shop\/web: policy says no/],
    ['its pods', /Pod store\/web-rehearsal/, /a pod of Deployment shop\/web: policy says no/],
  ])('names %s that the target refuses', async (_, call, message) => {
    refuse(call, 'policy says no');
    await expect(perform(activities.rehearseTarget)).rejects.toThrow(message);
    await expect(perform(activities.rehearseTarget)).rejects.toThrow(/nothing was halted/);
    expect(recorded.facts).toEqual({});
  });

  it.each([
    [/Deployment/, 'admission webhook "x" does not support dry run'],
    [/Pod/, 'unable to validate against any security context constraint'],
  ])('takes what only the real thing can tell for no refusal: %s %s', async (call, message) => {
    refuse(call, message);
    await perform(activities.rehearseTarget);
    expect(recorded.log).toMatchObject([{ source: 'rehearsal', text: expect.stringContaining(message) }]);
  });

  it.each([
    ['a workload', /Deployment/, true],
    ['its pods, which controllers make again', /Pod/, false],
  ])("does not wait for the application's own webhook to admit %s", async (_, call, refuses) => {
    target.beforeMutation = (made) => {
      if (!call.test(made)) return;
      const message = 'failed calling webhook "w": failed to call webhook: Post "https://guard.store.svc:443/": EOF';
      throw new KubernetesApiError(message, { code: 500, reason: '', cluster: 'target', verb: '', path: '' });
    };
    const done = perform(activities.rehearseTarget);
    if (refuses) await expect(done).rejects.toThrow(/nothing was halted.*failed calling webhook/);
    else expect(await done).toEqual({ workloads: 1 });
  });

  it('compares quotas with all that starts', async () => {
    const hard = { pods: '1' };
    const metadata = { name: 'few', namespace: 'store' };
    target.set({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard }, status: { hard, used: {} } });
    await expect(perform(activities.rehearseTarget)).rejects.toThrow(
      /Quota store\/few: pods allows 1, 0 is used, 2 more is needed/,
    );
  });

  it('passes over a namespace that the run is still to make', async () => {
    target.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'store' });
    refuse(/./, 'no such namespace');
    expect(await perform(activities.rehearseTarget)).toEqual({ workloads: 0 });
  });
});

describe('in a namespace that another plan names too', () => {
  const set = (kind: string, name: string, spec: object): KubeObject =>
    source.set({ apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop' }, spec });

  beforeEach(() => {
    begin({ sharedNamespaces: ['shop'], volumes: [volume('data'), volume('disk-db-0'), volume('disk-db-1')] });
    set('Deployment', 'web', { replicas: 2, ...mounting('data') });
    set('Deployment', 'foreign', { replicas: 2, ...mounting('other') });
    set('StatefulSet', 'db', { replicas: 2, volumeClaimTemplates: [{ metadata: { name: 'disk' } }] });
    set('StatefulSet', 'foreign', { replicas: 2, volumeClaimTemplates: [{ metadata: { name: 'disk' } }] });
  });
  const replicas = () =>
    Object.fromEntries([...source.objects.values()].map((o) => [`${o.kind} ${o.metadata.name}`, o.spec?.replicas]));

  it('only what uses the claims of the run is halted, waited for, started again and confirmed', async () => {
    const before = replicas();
    await perform(activities.quiesceApplications);
    expect(replicas()).toEqual({ ...before, 'Deployment web': 0, 'StatefulSet db': 0 });
    source.set(pod('foreign-x', controlledBy(source.find('Deployment', 'foreign') as KubeObject)));
    await perform(activities.waitForQuiesce);
    await perform(activities.checkQuiesced);
    expect(await undo(activities.unquiesceSource)).toMatchObject({ workloads: 2 });
    expect(replicas()).toMatchObject(before);
  });

  it('a pod of whatever controller that mounts a claim of the run has to go', async () => {
    await perform(activities.quiesceApplications);
    const owner = { ...deployment('pods'), kind: 'StrimziPodSet', metadata: { name: 'pods', uid: 'u' } };
    source.set({ ...pod('strange', controlledBy(owner)), spec: mounting('data').template.spec });
    soon(() => source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'strange' }));
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 1 });
  });
});

describe('what others do to the source during a run', () => {
  it('a workload deleted after the halt is named when the source comes back, and fails nothing', async () => {
    source.set(deployment('web'));
    source.set(deployment('gone'));
    await perform(activities.quiesceApplications);
    source.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'gone' });
    const { workloads, warnings } = await undo(activities.unquiesceSource);
    expect(workloads).toBe(1);
    expect(warnings).toMatchObject([
      { type: 'WorkloadsGone', message: expect.stringContaining('Deployment shop/gone.') },
    ]);
  });

  it('a workload that is not on the target when it starts is named; what another workload makes is not missed', async () => {
    begin({ namespaces: [{ source: 'shop', target: 'store' }] });
    const made = source.set(cronJob);
    source.set(job('nightly-1', controlledBy(made)));
    source.set(deployment('web'));
    source.set(deployment('gone'));
    await perform(activities.quiesceApplications);
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    for (const object of [deployment('web', 0), { ...cronJob, spec: { suspend: true } }]) {
      target.set({ ...object, metadata: { ...object.metadata, namespace: 'store', labels } });
    }
    await expect(perform(activities.startTarget)).rejects.toThrow(/Deployment store\/gone is not there/);
    expect(recorded.facts.commitPoint).toBeUndefined();
    recorded.facts.commitPoint = 'before';
    const { warnings } = await perform(activities.startTarget);
    expect(warnings).toMatchObject([{ type: 'WorkloadsMissingOnTarget' }]);
    expect(warnings?.[0]?.message).toMatch(/not on the target: Deployment store\/gone\./);
  });

  it('what is only halted for its volumes is not missed on the target', async () => {
    begin({ includedResources: [{ group: '', kind: 'PersistentVolumeClaim' }], volumes: [volume('data')] });
    source.set({ ...deployment('web'), spec: { replicas: 2, ...mounting('data') } });
    expect(await perform(activities.quiesceApplications)).toMatchObject({ workloads: 1 });
    expect(await perform(activities.startTarget)).toMatchObject({ warnings: [] });
    expect(await perform(activities.rehearseTarget)).toEqual({ workloads: 0 });
  });

  it('a workload created again is told from one that was scaled, and what controls it is named', async () => {
    source.set(deployment('web'));
    await perform(activities.quiesceApplications);
    const again = { ...deployment('web'), metadata: { ...deployment('web').metadata, uid: 'another' } };
    const owner = { apiVersion: 'shop.io/v1', kind: 'Shop', metadata: { name: 'main', uid: 'u' } };
    source.set({ ...again, metadata: { ...again.metadata, ...controlledBy(owner as KubeObject) } });
    source.set(deployment('late'));
    await expect(perform(activities.checkQuiesced)).rejects.toThrow(
      /web has spec.replicas 2.*It was deleted and created again\. Shop main \(shop.io\/v1\) controls it.*late.*It was created, after the application was halted/,
    );
  });

  it('pods without a controller are warned of', async () => {
    source.set(pod('tool'));
    const { warnings } = await perform(activities.quiesceApplications);
    expect(warnings).toMatchObject([{ type: 'BarePodsNotHalted', message: expect.stringContaining('shop/tool') }]);
  });
});

describe('every kind', () => {
  const unowned = { labels: { team: 'shop' }, annotations: { note: 'of its owner' } };
  const kinds: [string, string, object, object?][] = [
    ['apps/v1', 'Deployment', { replicas: 3 }],
    ['apps/v1', 'Deployment', { replicas: 1, paused: true }],
    ['apps/v1', 'StatefulSet', { replicas: 2 }],
    ['apps/v1', 'ReplicaSet', { replicas: 1 }],
    ['v1', 'ReplicationController', { replicas: 1 }],
    ['apps/v1', 'DaemonSet', { template: { spec: { nodeSelector: { disk: 'ssd' } } } }],
    ['batch/v1', 'CronJob', { suspend: false }],
    ['batch/v1', 'CronJob', { suspend: true }],
    ['batch/v1', 'Job', { parallelism: 2 }],
    ['apps.openshift.io/v1', 'DeploymentConfig', { replicas: 2 }],
    ['apps.openshift.io/v1', 'DeploymentConfig', { replicas: 2, paused: true }],
    ['kubevirt.io/v1', 'VirtualMachine', { running: true }],
    ['kubevirt.io/v1', 'VirtualMachine', { runStrategy: 'Always' }],
    ['kubevirt.io/v1', 'VirtualMachine', { runStrategy: 'Manual' }, { created: true }],
  ];

  it('comes back exactly as it was', async () => {
    source.unserved = [];
    for (const [index, [apiVersion, kind, spec, status]] of kinds.entries()) {
      const metadata = { name: `${kind.toLowerCase()}-${index}`, namespace: 'shop', ...unowned };
      source.set({ apiVersion, kind, metadata, spec, ...(status && { status }) });
    }
    const parts = () =>
      [...source.objects.values()].map(({ kind, metadata, spec }) =>
        canonicalize({ kind, name: metadata.name, labels: metadata.labels, annotations: metadata.annotations, spec }),
      );
    const before = parts();
    await perform(activities.quiesceApplications);
    expect([...source.objects.values()].every(isHalted)).toBe(true);
    expect(parts()).not.toEqual(before);

    // Their controllers: the machine's instance ends, the paused configuration is scaled.
    const machine = source.find('VirtualMachine', 'virtualmachine-13') as KubeObject;
    source.set({ ...machine, status: { created: false } });
    setTimeout(() => {
      const config = source.find('DeploymentConfig', 'deploymentconfig-10') as KubeObject;
      source.set({ ...config, status: { replicas: 2, observedGeneration: 1 } });
    }, 50);
    await undo(activities.unquiesceSource);
    expect(parts()).toEqual(before);
    expect(source.requests).toEqual([
      'PUT /apis/subresources.kubevirt.io/v1/namespaces/shop/virtualmachines/virtualmachine-13/start',
    ]);
    expect(recorded.log.filter(({ source: from }) => from === 'unquiesce')).toEqual([]);
  });

  it('that a cluster does not serve is passed over', async () => {
    source.set({ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { name: 'vm', namespace: 'shop' } });
    expect(await perform(activities.quiesceApplications)).toMatchObject({ workloads: 0 });
  });

  it('is not held up by a controller that never follows', async () => {
    begin({ settings: { ...runRecord().settings, patience: { ...runRecord().settings.patience, start: 1 } } });
    source.unserved = [];
    const annotations = { ...halted(2), [ANNOTATIONS.preQuiescePaused]: 'true' };
    const metadata = { name: 'web', namespace: 'shop', annotations };
    source.set({ apiVersion: 'apps.openshift.io/v1', kind: 'DeploymentConfig', metadata, spec: { replicas: 0 } });
    await undo(activities.unquiesceSource);
    expect(source.find('DeploymentConfig', 'web')?.spec).toEqual({ replicas: 2 });
    expect(source.find('DeploymentConfig', 'web')?.metadata.annotations).toBeUndefined();
    expect(recorded.log.at(-1)?.text).toMatch(/waited 1 s for its controller to scale it, before it is paused again/);
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

  describe('what is down again when it is looked at', () => {
    const owned = (manager: string, time: string, generation: number, spec: object = {}): KubeObject => ({
      ...deployment('web', 0, {
        annotations: halted(2),
        generation,
        managedFields: [{ manager, time, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
      }),
      spec: { replicas: 0, ...spec },
    });
    beforeEach(async () => {
      source.set(owned('mtc', '10:00', 3));
      await perform(activities.waitForQuiesce);
    });

    it('fails the run when it had been scaled, and names who', async () => {
      await perform(activities.checkQuiesced);
      source.set(owned('kubectl', '10:05', 5));
      const message = /Deployment shop\/web: spec.replicas was set by field manager "kubectl" at 10:05.*from 3 to 5/;
      await expect(perform(activities.checkQuiesced)).rejects.toThrow(message);
      await expect(perform(activities.startTarget)).rejects.toThrow(message);
      expect(recorded.facts.commitPoint).toBeUndefined();
      // Its pods were waited for again, and what follows is copied after them.
      await perform(activities.waitForQuiesce);
      await perform(activities.checkQuiesced);
    });

    it('no longer matters after the commit point', async () => {
      source.set(owned('kubectl', '10:05', 5));
      recorded.facts.commitPoint = 'before';
      await perform(activities.startTarget);
    });

    it.each([
      ['its template was changed', owned('mtc', '10:00', 4, { template: {} })],
      ['another client set the scale it has', owned('argocd', '10:05', 3)],
    ])('is as good as before when %s', async (_, changed) => {
      source.set(changed);
      await perform(activities.checkQuiesced);
    });
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
      /scaler scales it too, but is inactive while replicas are 0/,
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
    expect(await undo(activities.unquiesceSource)).toMatchObject({ workloads: 0, alreadyRunning: 0 });
    expect(source.mutations).toEqual([]);
  });

  it('does not undo what changes between its read and its patch', async () => {
    source.set(deployment('web', 0, { annotations: halted(3) }));
    onCall(source, /patch/, () => source.set(deployment('web', 1, { annotations: halted(3) })));
    expect(await undo(activities.unquiesceSource)).toMatchObject({ workloads: 0, alreadyRunning: 1 });
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(1);
  });

  it('leaves the saved state where annotations are kept, also what a controller has to follow first', async () => {
    begin({ options: { ...runRecord().options, keepAnnotations: true } });
    source.unserved = [];
    source.set(deployment('web', 0, { annotations: halted(3) }));
    const paused = { ...halted(0), [ANNOTATIONS.preQuiescePaused]: 'true' };
    source.set({
      ...deployment('config', 0, { annotations: paused }),
      apiVersion: 'apps.openshift.io/v1',
      kind: 'DeploymentConfig',
    });
    await undo(activities.unquiesceSource);
    expect(source.find('Deployment', 'web')?.metadata.annotations).toEqual({ [ANNOTATIONS.preQuiesceReplicas]: '3' });
    expect(source.find('DeploymentConfig', 'config')).toMatchObject({
      metadata: { annotations: { [ANNOTATIONS.preQuiesceReplicas]: '0', [ANNOTATIONS.preQuiescePaused]: 'true' } },
      spec: { paused: true },
    });
    expect(source.find('DeploymentConfig', 'config')?.metadata.annotations).not.toHaveProperty(
      ANNOTATIONS.quiescedByPlan,
    );
  });

  it('starts all but one whose former scale is lost, and names that', async () => {
    source.set(deployment('a-damaged', 0, { annotations: { ...OURS, [ANNOTATIONS.preQuiesceReplicas]: 'x' } }));
    source.set(deployment('b-fine', 0, { annotations: halted(3) }));
    const { workloads, warnings } = await undo(activities.unquiesceSource);
    expect(workloads).toBe(1);
    expect(warnings).toEqual([
      {
        type: 'WorkloadsNotStarted',
        reason: 'AnnotationDamaged',
        message: expect.stringMatching(
          /Deployment shop\/a-damaged cannot be started.*holds "x".*Set its scale by hand/,
        ),
      },
    ]);
    expect(recorded.log.at(-1)?.text).toContain('a-damaged');
    expect(source.find('Deployment', 'a-damaged')?.spec.replicas).toBe(0);
    expect(source.find('Deployment', 'b-fine')?.spec.replicas).toBe(3);
    source.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'b-fine' });
    // The one that was not started is not waited for.
    await perform(activities.confirmSourceRunning);
  });
});

describe('the source after an earlier run of the plan has halted it', () => {
  /** What a run of the plan left; the workload is down, with its annotations. */
  const leave = (name: string, facts: object, more: Partial<RunOutline> = {}): void => {
    source.set(deployment(name, 0, { annotations: halted(3) }));
    recorded.others.push({
      ref: { ...run, uid: `earlier-${name}` },
      itinerary: 'State',
      state: 'Succeeded',
      facts: {
        haltedWorkloads: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name, uid: '' }],
        ...facts,
      },
      workflowId: '',
      startedAt: '',
      ...more,
    });
  };
  const replicasOf = (name: string) => source.find('Deployment', name)?.spec.replicas;
  const COMMITTED = { commitPoint: 'before' };

  it('comes back as this run has found it: what is committed elsewhere stays down and is named', async () => {
    leave('moved', COMMITTED);
    source.set(deployment('web', 2));
    await perform(activities.quiesceApplications);
    const { workloads, warnings } = await undo(activities.unquiesceSource);
    expect([workloads, replicasOf('web'), replicasOf('moved')]).toEqual([1, 2, 0]);
    expect(source.find('Deployment', 'moved')?.metadata.annotations).toEqual(halted(3));
    expect(warnings).toMatchObject([
      { type: 'SourceKeptDown', message: expect.stringMatching(/: Deployment shop\/moved\./) },
    ]);
    source.set({ ...(source.find('Deployment', 'web') as KubeObject), status: { replicas: 2, updatedReplicas: 2 } });
    await perform(activities.confirmSourceRunning);
  });

  it('stays down where this run did not even look', async () => {
    leave('moved', COMMITTED);
    expect(await undo(activities.unquiesceSource)).toMatchObject({ workloads: 0 });
    expect(replicasOf('moved')).toBe(0);
  });

  it('comes back where it had been started again before this run halted it', async () => {
    leave('moved', COMMITTED);
    source.set(deployment('moved', 1, { annotations: halted(3) }));
    await perform(activities.quiesceApplications);
    await undo(activities.unquiesceSource);
    expect(replicasOf('moved')).toBe(1);
  });

  it('comes back as far as killed attempts of this run have halted it', async () => {
    leave('moved', COMMITTED);
    for (const name of ['a', 'b']) source.set(deployment(name, 1));
    source.beforeMutation = (call) => {
      if (call.endsWith('/b')) throw new Error('killed');
    };
    await expect(perform(activities.quiesceApplications)).rejects.toThrow('killed');
    source.beforeMutation = () => undefined;
    source.set(deployment('moved', 1, { annotations: halted(3) }));
    await perform(activities.quiesceApplications);
    await perform(activities.quiesceApplications);
    await undo(activities.unquiesceSource);
    expect(['a', 'b', 'moved'].map(replicasOf)).toEqual([1, 1, 1]);
  });

  it.each<[string, object, Partial<RunOutline>?]>([
    ['did not come to its commit point', {}, { state: 'Failed' }],
    [
      'was an attempt of this run',
      {},
      { ref: { kind: 'MigMigration', namespace: '', name: '', uid: 'migration-uid', attempt: 1 } },
    ],
  ])('comes back where that run %s', async (_, facts, more) => {
    leave('web', facts, more);
    await perform(activities.quiesceApplications);
    await undo(activities.unquiesceSource);
    expect(replicasOf('web')).toBe(3);
  });

  it('comes back where that run was rolled back since', async () => {
    leave('web', COMMITTED);
    leave('back', {}, { itinerary: 'Rollback' });
    await undo(activities.unquiesceSource);
    expect(replicasOf('web')).toBe(3);
  });

  it('comes back in a rollback', async () => {
    begin({ itinerary: 'Rollback' });
    leave('web', COMMITTED);
    await perform(activities.unquiesceSource);
    expect(replicasOf('web')).toBe(3);
  });
});

describe('rehearseStart', () => {
  const restored = { labels: { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' } };
  beforeEach(() => {
    source.set(pod('tool'));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
  });

  it('asks for each start, and neither commits nor changes anything', async () => {
    const tried: string[] = [];
    target.beforeMutation = (call) => void tried.push(call);
    expect(await perform(activities.rehearseStart)).toEqual({ workloads: 1 });
    expect(tried).toEqual(['try to patch Deployment shop/web', 'try to create Pod shop/tool']);
    expect(recorded.facts).toEqual({});
    expect(target.mutations).toEqual([]);
  });

  it('fails with what the target refuses', async () => {
    onCall(target, /Pod/, () => {
      throw new KubernetesApiError('not here', { code: 422, reason: '', cluster: 'target', verb: '', path: '' });
    });
    await expect(perform(activities.rehearseStart)).rejects.toThrow('not here');
  });

  it('fails while the source runs', async () => {
    source.set(deployment('web', 1));
    await expect(perform(activities.rehearseStart)).rejects.toThrow(/started again/);
  });
});

describe('startTarget', () => {
  const restored = { labels: { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' } };

  it('records the commit point before the first scale-up, once', async () => {
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    let atFirstPatch: unknown;
    onCall(target, /^patch/, () => {
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

  it('releases what KEDA scales after the commit point and before it is started, and names what its owner paused', async () => {
    target.unserved = [];
    const replicas = 'autoscaling.keda.sh/paused-replicas';
    const scaler = (name: string, own: string, more: object = restored): KubeObject => ({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name, namespace: 'shop', ...more, annotations: { [replicas]: '0', [ANNOTATIONS.beforePause]: own } },
    });
    target.set(scaler('web', '{}'));
    target.set(scaler('own', `{"${replicas}":"2"}`));
    target.set(scaler('theirs', '{}', {}));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    let committedFirst: boolean | undefined;
    onCall(target, /^patch ScaledObject/, () => {
      committedFirst = recorded.facts.commitPoint !== undefined;
    });
    const { warnings } = await perform(activities.startTarget);
    expect(committedFirst).toBe(true);
    expect(target.mutations.at(-1)).toBe('patch Deployment shop/web');
    expect(target.mutations.slice(0, -1).sort()).toEqual([
      'patch ScaledObject shop/own',
      'patch ScaledObject shop/web',
    ]);
    expect(target.find('ScaledObject', 'web')?.metadata.annotations ?? {}).toEqual({});
    expect(target.find('ScaledObject', 'own')?.metadata.annotations).toEqual({ [replicas]: '2' });
    expect(target.find('ScaledObject', 'theirs')?.metadata.annotations).toMatchObject({ [replicas]: '0' });
    expect(warnings).toEqual([
      { type: 'ScalersPaused', reason: 'PausedOnSource', message: expect.stringContaining('ScaledObject shop/own') },
    ]);
  });

  it('does not commit where what KEDA scales may not be released', async () => {
    target.unserved = [];
    target.set({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledJob',
      metadata: { name: 'import', namespace: 'shop', ...restored, annotations: { [ANNOTATIONS.beforePause]: '{}' } },
    });
    onCall(target, /try to patch ScaledJob/, () => {
      throw new KubernetesApiError('not here', { code: 403, reason: '', cluster: 'target', verb: '', path: '' });
    });
    await expect(perform(activities.startTarget)).rejects.toThrow('not here');
    expect(recorded.facts).toEqual({});
  });

  it('leaves the saved state where annotations are kept, and does not start again what was stopped since', async () => {
    begin({ options: { ...runRecord().options, keepAnnotations: true } });
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    await perform(activities.startTarget);
    const kept = { [ANNOTATIONS.preQuiesceReplicas]: '3' };
    expect(target.find('Deployment', 'web')).toMatchObject({ metadata: { annotations: kept }, spec: { replicas: 3 } });
    target.set(deployment('web', 0, { ...restored, annotations: kept }));
    await perform(activities.startTarget);
    expect(target.find('Deployment', 'web')?.spec.replicas).toBe(0);
  });

  it.each([
    ['a workload', /try to patch Deployment shop\/picky/],
    ['a pod without controller', /try to create Pod shop\/tool/],
  ])('neither commits nor starts anything when the target refuses %s', async (_, attempt) => {
    source.set(pod('tool'));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    target.set(deployment('picky', 0, { ...restored, annotations: halted(1) }));
    onCall(target, attempt, () => {
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

  it('neither commits nor starts anything when the run unwinds over the dry runs', async () => {
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    onCall(target, /try to patch/, () => {
      recorded.state = 'Unwinding';
    });
    await expect(perform(activities.startTarget)).rejects.toThrow(/came too late/);
    expect(recorded.facts).toEqual({});
    expect(target.mutations).toEqual([]);
  });

  it('starts nothing beside a source that was started after the commit point, and says who', async () => {
    const managedFields = [{ manager: 'kubectl', time: 't', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
    source.set(deployment('web', 1, { annotations: halted(3), managedFields }));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    recorded.facts.commitPoint = 'before';
    await expect(perform(activities.startTarget)).rejects.toThrow(
      /web has spec.replicas 1, set by field manager "kubectl"/,
    );
    expect(target.mutations).toEqual([]);
    expect(recorded.facts).toEqual({ commitPoint: 'before' });
  });

  it('does not look at a source that was not halted', async () => {
    begin({ quiescePods: false });
    source.set(deployment('web', 1));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    expect(await perform(activities.startTarget)).toMatchObject({ workloads: 1 });
  });

  it('starts nothing once the run has ended, although it has committed', async () => {
    source.set(pod('tool'));
    target.set(deployment('web', 0, { ...restored, annotations: halted(3) }));
    Object.assign(recorded, { state: 'Failed' });
    recorded.facts.commitPoint = 'before';
    await expect(perform(activities.startTarget)).rejects.toThrow(/came too late/);
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

  it('records a pod that an earlier attempt made and could not record', async () => {
    source.set(pod('tool'));
    await perform(activities.startTarget);
    const [first] = recorded.created.splice(0);
    await perform(activities.startTarget);
    expect(recorded.created).toEqual([first]);
  });
});

describe('confirmTargetDown', () => {
  it('touches nothing where nothing was restored', async () => {
    target.set(deployment('before', 2));
    await undo(activities.confirmTargetDown);
    expect(target.mutations).toEqual([]);
  });

  it('has KEDA leave at 0 what it brings down', async () => {
    target.unserved = [];
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    const scaler = (name: string, metadata: object): KubeObject => ({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name, namespace: 'shop', ...metadata },
    });
    target.set(scaler('web', { labels }));
    target.set(scaler('theirs', {}));
    target.set(deployment('web', 1, { labels }));
    await undo(activities.confirmTargetDown);
    expect(target.mutations).toEqual(['patch ScaledObject shop/web', 'patch Deployment shop/web']);
  });

  it('halts what was restored and waits for its pods alone', async () => {
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    const web = target.set(deployment('web', 2, { labels }));
    target.set(pod('web-x', controlledBy(web)));
    target.set(pod('before-x', controlledBy(target.set(deployment('before', 2)))));
    soon(() => target.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-x' }));
    await undo(activities.confirmTargetDown);
    expect(target.mutations).toEqual(['patch Deployment shop/web']);
    expect(target.find('Deployment', 'web')?.metadata.annotations).toEqual({ ...halted(2), ...BY_THIS_RUN });
  });

  it('waits for pods whose controller is gone already: the garbage collector has yet to end them', async () => {
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    target.set(deployment('web', 1, { labels }));
    target.set(pod('left-x', controlledBy(deployment('gone', 1))));
    let isGone = false;
    soon(() => {
      isGone = true;
      target.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'left-x' });
    });
    await undo(activities.confirmTargetDown);
    expect(isGone).toBe(true);
  });

  it('halts what an operator made of what was restored, and waits for the pods it keeps', async () => {
    const { patience, ...settings } = runRecord().settings;
    begin({ settings: { ...settings, patience: { ...patience, quiesce: 1 } } });
    const labels = { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' };
    const widget = (name: string, metadata = {}) =>
      target.set({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'shop', ...metadata } });
    const restored = widget('shop', { labels });
    target.set(deployment('web', 2, controlledBy(restored)));
    target.set(pod('shop-0', controlledBy(restored)));
    target.set(pod('before-0', controlledBy(widget('before'))));
    await expect(undo(activities.confirmTargetDown)).rejects.toThrow(/Pods left \(1\): shop\/shop-0.*operator/s);
    expect(target.mutations).toEqual(['patch Deployment shop/web']);
  });
});

const ours = { labels: { 'migration.openshift.io/migrated-by-migplan': 'plan-uid' } };

describe('inspectTarget', () => {
  const configMap = (mode: string, metadata: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', ...metadata },
    data: { mode },
  });
  beforeEach(() => {
    for (const cluster of [source, target]) {
      cluster.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    }
  });

  it.each<[string, KubeObject, KubeObject]>([
    ['a Deployment', deployment('web', 2), deployment('web', 0)],
    ['a CronJob', cronJob, { ...cronJob, spec: { suspend: true } }],
    [
      'what MTC had halted',
      deployment('web', 0, { annotations: { [ANNOTATIONS.preQuiesceReplicas]: '2' } }),
      deployment('web', 0),
    ],
  ])('refuses a target on which %s is down already, and names what else differs', async (_, here, there) => {
    source.set(here);
    target.set(there);
    source.set(configMap('production'));
    target.set(configMap('rehearsal'));
    const failed = perform(activities.inspectTarget);
    await expect(failed).rejects.toThrow(new RegExp(`down on both sides: ${here.kind} shop/${here.metadata.name}`));
    await expect(failed).rejects.toThrow(/ConfigMap shop\/settings/);
    expect(target.mutations).toEqual([]);
  });

  it('warns of what runs there and what differs, and of nothing that is the same, rests on both sides or is ours', async () => {
    source.set(deployment('web', 2));
    target.set(deployment('web', 1));
    source.set(deployment('rests', 0));
    target.set(deployment('rests', 0));
    source.set(deployment('left', 2));
    target.set(deployment('left', 0, ours));
    source.set(configMap('production'));
    target.set(configMap('rehearsal'));
    source.set(configMap('same', { name: 'same' }));
    target.set(configMap('same', { name: 'same', labels: { team: 'other' } }));
    source.set(configMap('a', { name: 'kube-root-ca.crt' }));
    target.set(configMap('b', { name: 'kube-root-ca.crt' }));
    const { warnings } = await perform(activities.inspectTarget);
    expect(warnings).toMatchObject([{ type: 'ObjectsOnTarget' }]);
    expect(warnings?.[0]?.message).toContain('as they are: Deployment shop/web (runs), ConfigMap shop/settings.');
  });

  it('refuses a target that does not serve the kind of a running workload, unless the kind is excluded', async () => {
    source.unserved = [];
    const config = { ...deployment('config'), apiVersion: 'apps.openshift.io/v1', kind: 'DeploymentConfig' };
    source.set(config);
    await expect(perform(activities.inspectTarget)).rejects.toThrow(
      /does not serve the kinds of DeploymentConfig shop\/config/,
    );
    begin({ excludedResources: ['deploymentconfigs'] });
    source.unserved = [];
    source.set(config);
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(await perform(activities.inspectTarget)).toEqual({ warnings: [] });
  });

  it('makes the namespace that is missing, so that everything can be tried in it', async () => {
    begin({ namespaces: [{ source: 'shop', target: 'store' }] });
    source.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { level: 'restricted' } } });
    target.set({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'store' } });
    await perform(activities.inspectTarget);
    expect(target.find('Namespace', 'store')?.metadata.labels).toMatchObject({ level: 'restricted' });
    expect(recorded.created).toMatchObject([{ kind: 'Namespace', name: 'store' }]);
  });

  it('tells what others had halted: what is started, and what another plan has moved', async () => {
    const saved = { [ANNOTATIONS.preQuiesceReplicas]: '2' };
    source.set(deployment('web', 0, { annotations: saved }));
    source.set(deployment('moved', 0, { annotations: { ...saved, [ANNOTATIONS.quiescedByPlan]: 'other' } }));
    const facts = { commitPoint: 'then' };
    recorded.otherPlans.other = [
      { ref: { ...run, uid: 'o' }, itinerary: 'Final', state: 'Succeeded', facts } as RunOutline,
    ];
    const { warnings } = await perform(activities.inspectTarget);
    expect(warnings).toMatchObject([{ type: 'WorkloadsHaltedBefore' }]);
    expect(warnings?.[0]?.message).toContain('Deployment shop/web (preQuiesceReplicas: 2)');
    expect(warnings?.[0]?.message).toMatch(/Deployment shop\/moved \(.*stays down: another plan has moved it\)/);
  });

  it.each([
    ['lacks', 'gold', /Deployment|StatefulSet shop\/db asks for StorageClass gold/],
    ['has', 'silver', undefined],
  ])('a class of claims that nothing brings, which the target %s', async (_, storageClassName, message) => {
    target.set({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'silver' } });
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { storageClassName } }];
    source.set({ ...deployment('db'), kind: 'StatefulSet', spec: { replicas: 1, volumeClaimTemplates } });
    const done = perform(activities.inspectTarget);
    if (message) await expect(done).rejects.toThrow(message);
    else expect(await done).toEqual({ warnings: [] });
  });
});

describe('before the commit point', () => {
  const withSettings = (metadata: object): KubeObject => ({
    ...deployment('web', 0, metadata),
    spec: {
      replicas: 0,
      template: { spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'settings' } }] }] } },
    },
  });
  const settings: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
  };
  const taken = { ...ours, annotations: halted(2) };
  beforeEach(async () => {
    source.set(deployment('web', 2));
    await perform(activities.quiesceApplications);
  });

  it.each<[string, () => void, RegExp]>([
    ['is not there', () => undefined, /Deployment shop\/web is not there/],
    [
      'was there before',
      () => target.set(deployment('web', 0)),
      /web was there before, is down, and no run of the plan/,
    ],
    [
      'has lost how it ran',
      () => target.set(deployment('web', 0, ours)),
      /web is down, and its annotations do not tell/,
    ],
    [
      'lacks what its pods need',
      () => {
        source.set(settings);
        target.set(withSettings(taken));
      },
      /ConfigMap shop\/settings, which Deployment shop\/web needs, is not there/,
    ],
  ])('a halted workload that %s on the target turns the run back', async (_, arrange, message) => {
    arrange();
    for (const activity of [activities.rehearseStart, activities.startTarget]) {
      await expect(perform(activity)).rejects.toThrow(message);
    }
    expect(recorded.facts.commitPoint).toBeUndefined();
    expect(target.mutations).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['is ours and can be started', () => target.set(deployment('web', 0, taken))],
    ['runs there already', () => target.set(deployment('web', 1))],
    ['names what was missing on the source too', () => target.set(withSettings(taken))],
  ])('one that %s does not', async (_, arrange) => {
    arrange();
    await perform(activities.rehearseStart);
  });

  it('what others had halted is expected too', async () => {
    source.set(deployment('db', 0, { annotations: { [ANNOTATIONS.preQuiesceReplicas]: '1' } }));
    target.set(deployment('web', 0, taken));
    await expect(perform(activities.rehearseStart)).rejects.toThrow(/Deployment shop\/db is not there/);
  });

  it('a pod of each restored workload is tried where it will live', async () => {
    target.set({ ...withSettings(taken), spec: { replicas: 0, template: { spec: { priorityClassName: 'urgent' } } } });
    onCall(target, /try to create Pod shop\/web-rehearsal/, () => {
      const details = { code: 403, reason: '', cluster: 'target', verb: '', path: '' };
      throw new KubernetesApiError('no PriorityClass with name urgent was found', details);
    });
    await expect(perform(activities.rehearseStart)).rejects.toThrow(
      /A pod of Deployment shop\/web: no PriorityClass with name urgent was found/,
    );
  });

  it("a pod that only the application's own webhook keeps out does not turn the run back", async () => {
    target.set({ ...withSettings(taken), spec: { replicas: 0, template: { spec: {} } } });
    onCall(target, /try to create Pod/, () => {
      const message = 'failed calling webhook "w": failed to call webhook: Post "https://guard.shop.svc:443/": EOF';
      throw new KubernetesApiError(message, { code: 500, reason: '', cluster: 'target', verb: '', path: '' });
    });
    await perform(activities.rehearseStart);
  });
});

describe('waitForTarget', () => {
  const members = (readyReplicas: number): KubeObject => ({
    ...deployment('members', 3, { ...ours, generation: 1 }),
    kind: 'StatefulSet',
    status: { observedGeneration: 1, replicas: Math.min(3, readyReplicas + 1), readyReplicas },
  });

  it('is patient with each of the members that start one after the other', async () => {
    begin({ settings: { ...runRecord().settings, patience: { ...runRecord().settings.patience, start: 1 } } });
    target.set(members(0));
    const timers = [1, 2, 3].map((ready) => setTimeout(() => target.set(members(ready)), ready * 1_200));
    expect(await perform(activities.waitForTarget)).toEqual({ unhealthy: [] });
    for (const timer of timers) clearTimeout(timer);
  });

  it('gives up on one that does not move, and on one that only goes back and forth', async () => {
    begin({ settings: { ...runRecord().settings, patience: { ...runRecord().settings.patience, start: 1 } } });
    target.set(members(1));
    let ready = 1;
    const timer = setInterval(() => {
      ready = 1 - ready;
      target.set(members(ready));
    }, 400);
    const { unhealthy } = await perform(activities.waitForTarget);
    clearInterval(timer);
    expect(unhealthy).toMatchObject([{ kind: 'StatefulSet', name: 'members' }]);
  });
});
