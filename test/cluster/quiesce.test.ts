import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkloadActivities } from '../../activities/workloads/index.js';
import { listWorkloads } from '../../activities/workloads/list-workloads.js';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { parseKubeconfig } from '../../clusters/kubeconfig.js';
import { waitForObject } from '../../clusters/wait-for.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import { healthOf } from '../../resources/workloads/health.js';
import { controllerOf, isFinishedPod } from '../../resources/workloads/ownership.js';
import { ARRIVE_HALTED } from '../../resources/workloads/quiesce.js';
import { isFinishedJob, workloadKindOf } from '../../resources/workloads/workload-kinds.js';
import { allWorkloadKinds } from '../kit/cluster/all-workload-kinds.js';
import { mergePatch } from '../kit/fakes/merge-patch.js';
import { recordedRun, refOf, runRecord } from '../kit/fakes/recorded-run.js';
import { fromEnvironment } from '../kit/system/system.js';

const suffix = randomBytes(3).toString('hex');
const shop = { source: `workloads-shop-${suffix}`, target: `workloads-moved-${suffix}` };
const record = runRecord({
  namespaces: [shop],
  migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'move', uid: `run-${suffix}` },
  plan: { namespace: 'openshift-migration', name: 'plan', uid: `plan-${suffix}` },
});
const run = refOf(record);

let source: ClusterClient;
let target: ClusterClient;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createWorkloadActivities>;
let before: Map<string, string | undefined>;

/** Runs an activity as a worker would, each time as a first attempt. */
const perform = <Result>(activity: (input: { run: typeof run }) => Promise<Result>): Promise<Result> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { run });

const undo: typeof perform = (activity) => recorded.unwinding(() => perform(activity));

beforeAll(async () => {
  source = await connect('source', 'SOURCE_KUBECONFIG');
  target = await connect('target', 'TARGET_KUBECONFIG');
  recorded = recordedRun(record, { source, target });
  activities = createWorkloadActivities(recorded.deps);
  await makeNamespace(source, shop.source);
  await makeNamespace(target, shop.target);
  const objects = allWorkloadKinds(shop.source, fromEnvironment('TRANSFER_IMAGE'));
  await Promise.all(objects.map((object) => source.create(object)));
  const signal = AbortSignal.timeout(60_000);
  await Promise.all(objects.map((object) => waitForObject(source, referenceOf(object), isSettled, { signal })));
  await source.patch(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace: shop.source, name: 'paused' },
    { spec: { paused: true, template: { metadata: { annotations: { held: 'back' } } } } },
  );
  before = await userParts(source, shop.source);
});

afterAll(async () => {
  await source?.remove({ apiVersion: 'v1', kind: 'Namespace', name: shop.source });
  await target?.remove({ apiVersion: 'v1', kind: 'Namespace', name: shop.target });
  await Promise.all([source?.close(), target?.close()]);
});

describe('the rehearsal', () => {
  const remake = async (object: KubeObject): Promise<void> => {
    await target.remove(referenceOf(object));
    await target.create(object);
  };
  const quota = (pods: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few', namespace: shop.target },
    spec: { hard: { pods } },
  });

  it('finds a target that would take all kinds, and leaves nothing there', async () => {
    const { workloads } = await perform(activities.rehearseTarget);
    expect(workloads).toBe(12);
    expect(recorded.log).toEqual([]);
    const { items } = await target.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: shop.target });
    expect([...items, ...(await listWorkloads(target, { namespaces: [shop.target], signal: soon() }))]).toEqual([]);
  });

  it('is refused by a quota that is too small for all, though not for one', async () => {
    await remake(quota('3'));
    await waitForObject(target, referenceOf(quota('3')), ({ status }) => status?.hard !== undefined, {
      signal: soon(),
    });
    await expect(perform(activities.rehearseTarget)).rejects.toThrow(
      /nothing was halted.*few: pods allows 3, 0 is used, \d+ more is needed/,
    );
    await target.remove(referenceOf(quota('3')));
  });

  it('is refused by the pod security of the target namespace', async () => {
    const enforce = (level: string | null) =>
      target.patch(
        { apiVersion: 'v1', kind: 'Namespace', name: shop.target },
        { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } },
      );
    await enforce('restricted');
    await expect
      .poll(() => perform(activities.rehearseTarget).catch((error: Error) => error.message), { timeout: 20_000 })
      .toMatch(/a pod of Deployment .* violates PodSecurity/);
    await enforce(null);
    await expect
      .poll(() => perform(activities.rehearseTarget).catch(() => undefined), { timeout: 20_000 })
      .toBeDefined();
  });
});

describe('the source', () => {
  it('is halted, workload by workload, until the last controlled pod is gone', async () => {
    const quiesced = await perform(activities.quiesceApplications);
    expect(recorded.facts).toMatchObject({ quiesceOwed: true });
    const { pods } = await perform(activities.waitForQuiesce);
    expect(pods).toBeGreaterThan(0);
    expect(quiesced.workloads).toBe(13);

    const left = (await source.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: shop.source })).items;
    expect(left.filter((pod) => controllerOf(pod) && !isFinishedPod(pod))).toEqual([]);
    expect(await annotationsOf('Deployment', 'web')).toMatchObject({ [ANNOTATIONS.preQuiesceReplicas]: '2' });
    expect(await annotationsOf('Deployment', 'stopped-by-its-owner')).not.toHaveProperty([ANNOTATIONS.quiescedByPlan]);
    expect(await annotationsOf('CronJob', 'suspended-by-its-owner')).not.toHaveProperty([ANNOTATIONS.quiescedByPlan]);
    expect(await annotationsOf('Job', 'done')).not.toHaveProperty([ANNOTATIONS.quiescedByPlan]);
    expect(recorded.log.map(({ text }) => text).join('\n')).toMatch(/Deployment .*\/web: spec.replicas was 2/);
    expect(recorded.log.map(({ text }) => text).join('\n')).toMatch(/Pod .*\/tool has no controller/);
  });

  it('stays as it is when the activities are repeated', async () => {
    const halted = await userParts(source, shop.source);
    await perform(activities.quiesceApplications);
    await perform(activities.waitForQuiesce);
    await perform(activities.checkQuiesced);
    expect(await userParts(source, shop.source)).toEqual(halted);
  });

  it('is not scaled up by an autoscaler, which rests while replicas are 0', async () => {
    const scaler: KubeObject = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: shop.source },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    };
    await source.create(scaler);
    const isDisabled = ({ status }: KubeObject): boolean =>
      status?.conditions?.some(
        ({ type, reason }: { type: string; reason: string }) =>
          type === 'ScalingActive' && reason === 'ScalingDisabled',
      ) ?? false;
    await waitForObject(source, referenceOf(scaler), isDisabled, { signal: soon() });
    await perform(activities.checkQuiesced);
    await source.remove(referenceOf(scaler));
  });

  it('is found to have been scaled up again, and by whom', async () => {
    await source.request('PATCH', `/apis/apps/v1/namespaces/${shop.source}/deployments/web/scale`, {
      body: { spec: { replicas: 2 } },
      contentType: 'application/merge-patch+json',
      query: { fieldManager: 'argocd-controller' },
    });
    const named =
      /Deployment .*\/web has spec.replicas 2, set by field manager "argocd-controller" through subresource scale/;
    await expect(perform(activities.checkQuiesced)).rejects.toThrow(named);
    await expect(perform(activities.waitForQuiesce)).rejects.toThrow(named);
  });

  it('comes back exactly as it was', async () => {
    const halted = await undo(activities.unquiesceSource);
    expect(halted).toEqual({ workloads: 9, alreadyRunning: 1, warnings: [] });
    await perform(activities.confirmSourceRunning);
    expect(await userParts(source, shop.source)).toEqual(before);
    expect(await undo(activities.unquiesceSource)).toEqual({ workloads: 0, alreadyRunning: 0, warnings: [] });

    const { items } = await source.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }, { namespace: shop.source });
    const ofPaused = items.filter((object) => controllerOf(object)?.name === 'paused');
    expect(ofPaused.map(({ spec }) => spec.replicas)).toEqual([1]);
  });
});

describe('the target', () => {
  it('has nothing to bring down before anything was restored', async () => {
    await undo(activities.confirmTargetDown);
  });

  it('starts what arrived halted, and the pods without a controller, once the source stands', async () => {
    await perform(activities.quiesceApplications);
    await perform(activities.waitForQuiesce);
    await restore();
    const { workloads, warnings } = await perform(activities.startTarget);
    expect(workloads).toBe(10);
    expect(warnings).toEqual([]);
    const { commitPoint } = recorded.facts;
    expect(commitPoint).toEqual(expect.any(String));
    expect(await perform(activities.waitForTarget)).toEqual({ unhealthy: [] });
    expect(recorded.created).toMatchObject([{ kind: 'Pod', name: 'tool' }]);

    const arrived = await userParts(target, shop.target);
    for (const [name, parts] of before) {
      if (!name.startsWith('Job ')) expect(arrived.get(name)).toBe(parts);
    }
    expect(JSON.parse(arrived.get('Job import') ?? '{}').spec).toMatchObject({ parallelism: 2, completions: 5 });
    expect(JSON.parse(arrived.get('Job suspended') ?? '{}').spec).toMatchObject({ parallelism: 1, suspend: true });
    await perform(activities.startTarget);
    expect(recorded.facts.commitPoint).toBe(commitPoint);
    // What a repeated activity finds it records again, as the store ignores.
    expect(new Set(recorded.created.map(({ uid }) => uid)).size).toBe(1);
  });

  it('is brought down again before the source may start', async () => {
    expect(await perform(activities.verifyTarget)).toEqual({ unhealthy: [] });
    await undo(activities.confirmTargetDown);
    const left = (await target.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: shop.target })).items;
    expect(left.filter((pod) => controllerOf(pod) && !isFinishedPod(pod))).toEqual([]);
    await undo(activities.unquiesceSource);
    expect(await userParts(source, shop.source)).toEqual(before);
  });

  it("names a workload that does not become available, with its pods' reason", async () => {
    const [broken] = allWorkloadKinds(shop.target, 'registry.invalid/no-such-image:1');
    await target.create({
      ...(broken as KubeObject),
      metadata: { name: 'broken', namespace: shop.target, labels: { [LABELS.migratedByPlan]: record.plan.uid } },
    });
    record.settings.patience.start = 20;
    const { unhealthy } = await perform(activities.waitForTarget);
    expect(unhealthy).toMatchObject([{ kind: 'Deployment', namespace: shop.target, name: 'broken' }]);
    const report = await perform(activities.verifyTarget);
    expect(report.unhealthy[0]).toMatch(/Deployment .*\/broken: 0 of 2 pods available/);
    expect(report.resources?.namespaces).toMatchObject([
      { name: shop.target, workloads: [{ name: 'Pods' }, { name: 'Deployments', resources: ['broken'] }] },
    ]);
    expect(unhealthy[0]?.message).toMatch(
      /0 of 2 pods available.*container app waits with (ErrImagePull|ImagePullBackOff)/,
    );
  });
});

const soon = (): AbortSignal => AbortSignal.timeout(90_000);

async function connect(name: string, variable: string): Promise<ClusterClient> {
  return connectCluster(parseKubeconfig(await readFile(fromEnvironment(variable), 'utf8'), { name }));
}

async function makeNamespace(client: ClusterClient, name: string): Promise<void> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await waitForObject(
    client,
    { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' },
    () => true,
  );
}

const isSettled = (object: KubeObject): boolean =>
  object.kind === 'Job' && object.metadata.name === 'done' ? isFinishedJob(object) : healthOf(object).available;

/** What users own of every workload, by kind and name, as canonical JSON. */
async function userParts(client: ClusterClient, namespace: string): Promise<Map<string, string | undefined>> {
  const workloads = await listWorkloads(client, { namespaces: [namespace], signal: AbortSignal.timeout(30_000) });
  return new Map(workloads.map((object) => [`${object.kind} ${object.metadata.name}`, userPart(object)]));
}

function userPart({ metadata, spec }: KubeObject): string | undefined {
  const labels = { ...metadata.labels, [LABELS.migratedByPlan]: undefined };
  // The API server counts a DaemonSet's template changes here and refuses to set it back.
  const annotations = { ...metadata.annotations, 'deprecated.daemonset.template.generation': undefined };
  return canonicalize({ labels, annotations, spec });
}

async function annotationsOf(kind: string, name: string): Promise<Record<string, string>> {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'batch/v1';
  return (await source.get({ apiVersion, kind, namespace: shop.source, name }))?.metadata.annotations ?? {};
}

/** What Velero does: objects as they stand on the source, changed on the way, with the provenance label. */
async function restore(): Promise<void> {
  const scope = { namespaces: [shop.source], signal: AbortSignal.timeout(30_000) };
  for (const { apiVersion, kind, metadata, spec } of await listWorkloads(source, scope)) {
    if (kind === 'Job' && metadata.name === 'done') continue;
    const { groupResource } = workloadKindOf({ kind });
    const arrival = ARRIVE_HALTED.find((rule) => rule.groupResource === groupResource);
    const { name, annotations } = metadata;
    const labels = { ...metadata.labels, [LABELS.migratedByPlan]: record.plan.uid };
    const object = { apiVersion, kind, metadata: { name, namespace: shop.target, labels, annotations }, spec };
    const arriving = mergePatch(object, arrival?.patch) as KubeObject;
    if (kind === 'Job') {
      // Both name the source's Job by its uid.
      delete arriving.spec.selector;
      delete arriving.spec.template.metadata;
    }
    await target.create(arriving);
  }
}
