import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import canonicalize from 'canonicalize';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SwapDirection } from '../../resources/claims/swap-claims.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { halt } from '../../resources/workloads/quiesce.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { mergePatch } from '../../test/kit/fakes/merge-patch.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createCleanupActivities } from '../cleanup/index.js';
import { createClaimActivities } from './index.js';

const converted = (claim: string, counterpart: string) =>
  runVolume({ namespace: 'shop', claim }, { namespace: 'shop', claim: counterpart, storageClass: 'fast' });
const place = { namespace: 'openshift-migration', name: 'host', uid: 'cluster', clusterUid: 'one', minor: 36 };
const record = runRecord({
  itinerary: 'Conversion',
  source: place,
  target: place,
  volumes: [
    converted('data', 'data-mig-abcd'),
    converted('log-db-0', 'log-mig-abcd-db-0'),
    converted('log-db-1', 'log-mig-abcd-db-1'),
  ],
});
const run: RunRef = refOf(record);

let cluster: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createClaimActivities>;

beforeEach(() => {
  cluster = new FakeCluster('host');
  recorded = recordedRun(record, { source: cluster.client, target: cluster.client });
  activities = createClaimActivities(recorded.deps);
  for (const { source } of record.volumes) cluster.set(claim(source.claim));
});

const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const swap = (direction: SwapDirection): Promise<{ swapped: number; warnings: string[] }> => {
  const work = (): Promise<{ swapped: number; warnings: string[] }> =>
    environment().run(activities.swapClaims, { run, direction });
  return direction === 'back' ? recorded.unwinding(work) : work();
};
const start = () => environment().run(activities.startConverted, { run });

const claim = (name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'shop', labels },
  status: { phase: 'Bound' },
});
const template = (claimName = 'data') => ({
  metadata: { labels: { app: 'db' } },
  spec: {
    containers: [{ name: 'app', volumeMounts: [{ name: 'log', mountPath: '/log' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});
/** As quiesce leaves it. */
function halted(apiVersion: string, kind: string, name: string, spec: object, metadata: object = {}): KubeObject {
  const running = {
    apiVersion,
    kind,
    metadata: { name, namespace: 'shop', labels: { team: 'shop' }, ...metadata },
    spec,
  };
  const stored = mergePatch(running, halt(running, 'plan-uid') ?? {}) as KubeObject;
  delete stored.metadata.resourceVersion;
  return cluster.set(stored);
}
const deployment = (name = 'web', spec: object = {}) =>
  halted('apps/v1', 'Deployment', name, { replicas: 2, template: template(), ...spec });
const statefulSet = (spec: object = {}) =>
  halted('apps/v1', 'StatefulSet', 'db', {
    replicas: 2,
    template: template('other'),
    volumeClaimTemplates: [
      { metadata: { name: 'log' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'slow' } },
    ],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
    ...spec,
  });
const job = (metadata: object = {}, spec: object = {}) =>
  halted('batch/v1', 'Job', 'import', { parallelism: 3, completions: 9, template: template(), ...spec }, metadata);

/** What users own, by object. */
const users = () =>
  new Map(
    [...cluster.objects].map(([name, { metadata, spec }]) => [
      name,
      canonicalize({ labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, spec }),
    ]),
  );
const templateOf = (name: string, kind = 'StatefulSet') =>
  cluster.find(kind, name)?.spec.volumeClaimTemplates[0].metadata.name;

describe('swapClaims', () => {
  it('gives every kind its new claims, and exactly its former ones back', async () => {
    deployment();
    statefulSet();
    halted('apps/v1', 'DaemonSet', 'each', { template: template() });
    halted('apps/v1', 'ReplicaSet', 'single', { replicas: 1, template: template() });
    halted('v1', 'ReplicationController', 'old', { replicas: 1, template: template() });
    halted('batch/v1', 'CronJob', 'nightly', { jobTemplate: { spec: { template: template() } } });
    job();
    deployment('foreign', { template: template('foreign') });
    const before = users();

    expect(await swap('forward')).toEqual({
      swapped: 7,
      warnings: [expect.stringContaining('Job shop/import was created again')],
    });
    const after = users();
    for (const [name, text] of after) {
      const isChanged = !/Deployment shop\/foreign/.test(name);
      expect(text === before.get(name), name).toBe(!isChanged);
      if (isChanged && !name.startsWith('Persistent')) expect(text).toContain('-mig-abcd');
    }
    expect(templateOf('db')).toBe('log-mig-abcd');
    expect(cluster.find('StatefulSet', 'db')).toMatchObject({
      metadata: { annotations: { [ANNOTATIONS.preQuiesceReplicas]: '2', [ANNOTATIONS.quiescedByPlan]: 'plan-uid' } },
      spec: {
        replicas: 0,
        template: { spec: { containers: [{ volumeMounts: [{ name: 'log-mig-abcd' }] }] } },
        volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      },
    });
    expect(cluster.find('PersistentVolumeClaim', 'data')?.metadata.labels).toEqual({
      [LABELS.conversionSource]: 'plan-uid',
    });

    const writes = cluster.mutations.length;
    expect(await swap('forward')).toEqual({ swapped: 0, warnings: [] });
    expect(cluster.mutations).toHaveLength(writes);
    await swap('back');
    expect([...users()].sort()).toEqual([...before].sort());
  });

  it('deletes a StatefulSet without what belongs to it, and only as it was read', async () => {
    const { metadata } = statefulSet();
    const removals: object[] = [];
    const remove = cluster.remove.bind(cluster);
    cluster.remove = (ref, options) => {
      if (ref.kind === 'StatefulSet') removals.push(options ?? {});
      return remove(ref, options);
    };
    let changed = false;
    cluster.beforeMutation = (call) => {
      if (!call.startsWith('delete StatefulSet') || changed) return;
      changed = true;
      cluster.set({ ...(cluster.find('StatefulSet', 'db') as KubeObject), status: { observedGeneration: 2 } });
    };
    await swap('forward');
    expect(removals).toMatchObject([
      { propagationPolicy: 'Orphan', uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      { propagationPolicy: 'Orphan', uid: metadata.uid },
    ]);
    expect(templateOf('db')).toBe('log-mig-abcd');
    expect(cluster.find('ControllerRevision', helperName())).toBeUndefined();
  });

  it.each<[SwapDirection]>([['forward'], ['back']])(
    'killed before any of its calls, it goes %s when repeated',
    async (direction) => {
      for (let calls = 0; ; calls += 1) {
        cluster.objects.clear();
        for (const { source } of record.volumes) cluster.set(claim(source.claim));
        deployment();
        statefulSet();
        job();
        const before = [...users()].sort();
        const killed = await killedAfter(calls, () => swap('forward'));
        await swap(direction);
        expect(cluster.find('ControllerRevision', helperName())).toBeUndefined();
        if (direction === 'back') expect([...users()].sort()).toEqual(before);
        else
          expect([templateOf('db'), cluster.find('Job', 'import')?.spec.template.spec.volumes[0]]).toMatchObject([
            'log-mig-abcd',
            { persistentVolumeClaim: { claimName: 'data-mig-abcd' } },
          ]);
        if (!killed) break;
        expect(calls).toBeLessThan(40);
      }
    },
  );

  it('lets nothing remove the only copy of a workload until the workload is there again', async () => {
    statefulSet();
    await killedAfter(2, () => swap('forward'));
    expect(cluster.find('StatefulSet', 'db')).toBeUndefined();
    const { sweepHelpers } = createCleanupActivities(recorded.deps);
    await environment().run(sweepHelpers, { run });
    await swap('back');
    expect(templateOf('db')).toBe('log');
    expect(cluster.find('ControllerRevision', helperName())).toBeUndefined();
  });

  it('creates again what another run of the plan had deleted when it failed, and nothing of other plans', async () => {
    statefulSet();
    await killedAfter(2, () => swap('forward'));
    const helper = cluster.find('ControllerRevision', helperName()) as KubeObject;
    const by = (uid: string) => ({ ...helper.metadata.labels, [LABELS.helper]: uid });
    const ref = { ...run, uid: 'other-rollback' };
    recorded.others.push({ ref, itinerary: 'Rollback', state: 'Failed', facts: {}, workflowId: '', startedAt: '' });
    cluster.set({ ...helper, metadata: { ...helper.metadata, labels: by('of-another-plan') } });
    await swap('back');
    expect(cluster.find('StatefulSet', 'db')).toBeUndefined();
    cluster.set({ ...helper, metadata: { ...helper.metadata, labels: by(ref.uid) } });
    await swap('back');
    expect(templateOf('db')).toBe('log');
    expect(cluster.find('ControllerRevision', helper.metadata.name)).toBeUndefined();
  });

  it('only goes back once the run unwinds', async () => {
    const web = deployment();
    cluster.beforeMutation = (call) => {
      if (recorded.state !== 'Running' || !call.startsWith('patch Deployment')) return;
      recorded.state = 'Unwinding';
      cluster.set(cluster.find('Deployment', 'web') as KubeObject);
    };
    await expect(swap('forward')).rejects.toThrow(/came too late/);
    expect(cluster.find('Deployment', 'web')?.spec).toEqual(web.spec);
    await swap('back');
  });

  it('asks the cluster before it deletes anything', async () => {
    statefulSet();
    cluster.beforeMutation = (call) => {
      if (call === 'try to create StatefulSet shop/db') throw new Error('denied by a webhook');
    };
    await expect(swap('forward')).rejects.toThrow('denied by a webhook');
    expect(cluster.mutations.filter((call) => !call.includes('PersistentVolumeClaim'))).toEqual([]);
  });

  it('refuses to leave claims of a StatefulSet behind', async () => {
    statefulSet();
    deployment();
    cluster.set(claim('log-db-2'));
    await expect(swap('forward')).rejects.toThrow(/StatefulSet shop\/db: log-db-2 would be left behind/);
    expect(cluster.mutations).toEqual([]);
  });

  it('changes nothing while something runs, and names it', async () => {
    deployment();
    const { metadata, ...web } = deployment('running');
    cluster.set({ ...web, metadata: { name: 'running', namespace: 'shop' }, spec: { replicas: 1 } });
    await expect(swap('forward')).rejects.toThrow(/Deployment shop\/running has spec.replicas 1/);
    expect(cluster.mutations).toEqual([]);
  });

  it('reaches what a Deployment runs while it is paused', async () => {
    const { apiVersion, kind, metadata } = deployment('web', { paused: true });
    const owner = { apiVersion, kind, name: 'web', uid: metadata.uid ?? '', controller: true };
    halted('apps/v1', 'ReplicaSet', 'web-1', { replicas: 0, template: template() }, { ownerReferences: [owner] });
    const before = [...users()].sort();
    await swap('forward');
    expect(cluster.find('ReplicaSet', 'web-1')?.spec.template.spec.volumes[0].persistentVolumeClaim.claimName).toBe(
      'data-mig-abcd',
    );
    await swap('back');
    expect([...users()].sort()).toEqual(before);
  });

  it('leaves Jobs that have ended alone and names pods that no controller creates again', async () => {
    const done = job();
    cluster.set({ ...done, status: { conditions: [{ type: 'Complete', status: 'True' }] } });
    cluster.set({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tool', namespace: 'shop' },
      spec: template().spec,
      status: { phase: 'Running' },
    });
    expect(await swap('forward')).toEqual({ swapped: 0, warnings: [expect.stringContaining('Pod shop/tool')] });
    expect(cluster.find('Job', 'import')?.spec).toEqual(done.spec);
    expect(recorded.log.map(({ text }) => text).join()).toContain('Pod shop/tool');
  });

  it('tells which claims a StatefulSet made after the conversion', async () => {
    statefulSet();
    await swap('forward');
    cluster.set(claim('log-mig-abcd-db-2'));
    const { warnings } = await swap('back');
    expect(warnings).toEqual([expect.stringContaining('log-mig-abcd-db-2')]);
  });
});

describe('rehearseConverted', () => {
  it('asks for each start, and neither commits nor changes anything', async () => {
    deployment();
    const calls: string[] = [];
    cluster.beforeMutation = (call) => void calls.push(call);
    const before = users();
    expect(await environment().run(activities.rehearseConverted, { run })).toEqual({ workloads: 1 });
    expect(calls).toEqual(['try to patch Deployment shop/web']);
    expect(users()).toEqual(before);
    expect(recorded.facts).toEqual({});
  });
});

describe('startConverted', () => {
  it('records the commit point after the cluster agreed and before the first workload', async () => {
    deployment();
    statefulSet();
    const calls: string[] = [];
    cluster.beforeMutation = (call) =>
      void calls.push(`${recorded.facts.commitPoint ? 'after' : 'before'}: ${call.split(' ').slice(0, -1).join(' ')}`);
    expect(await start()).toEqual({ workloads: 2 });
    expect(calls.sort()).toEqual([
      'after: patch Deployment',
      'after: patch StatefulSet',
      'before: try to patch Deployment',
      'before: try to patch StatefulSet',
    ]);
    const { commitPoint } = recorded.facts;
    expect(await start()).toEqual({ workloads: 2 });
    expect(recorded.facts.commitPoint).toBe(commitPoint);
  });

  it('passes no commit point when a workload is refused', async () => {
    deployment();
    cluster.beforeMutation = () => {
      throw new Error('denied by a quota');
    };
    await expect(start()).rejects.toThrow('denied by a quota');
    expect(recorded.facts).toEqual({});
  });

  it('is too late once the run unwinds', async () => {
    deployment();
    cluster.beforeMutation = () => {
      recorded.state = 'Unwinding';
    };
    await expect(start()).rejects.toThrow(/came too late/);
    expect(recorded.facts).toEqual({});
    expect(cluster.mutations).toEqual([]);
  });
});

/** Lets so many calls that change something through; tells whether there would have been more. */
async function killedAfter(calls: number, action: () => Promise<unknown>): Promise<boolean> {
  let left = calls;
  cluster.beforeMutation = (call) => {
    if (call.startsWith('try')) return;
    if (left === 0) throw new Error('killed');
    left -= 1;
  };
  const failure = await action().then(
    () => undefined,
    (error: unknown) => error,
  );
  cluster.beforeMutation = () => undefined;
  if (failure !== undefined && !String(failure).includes('killed')) throw failure;
  return failure !== undefined;
}

const helperName = (): string =>
  [...cluster.objects.values()].find(({ kind }) => kind === 'ControllerRevision')?.metadata.name ?? 'none';
