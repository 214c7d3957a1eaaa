import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRollbackActivities } from '../../activities/rollback/index.js';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { waitForObject } from '../../clusters/wait-for.js';
import { type KubeObject, type ObjectReference, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { healthOf } from '../../resources/workloads/health.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import { administratorOf } from '../kit/cluster/real-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../kit/fakes/recorded-run.js';
import { claim, deployment, podTemplate } from '../kit/fakes/workload-objects.js';

const suffix = randomBytes(3).toString('hex');
/** Made by runs of the plan; the second one is used by others too. */
const made = `rollback-made-${suffix}`;
const shared = `rollback-shared-${suffix}`;
/** There before any run. */
const there = `rollback-there-${suffix}`;
const group = `rollback-${suffix}.example.com`;

const cluster = { namespace: 'openshift-migration', clusterUid: 'one', minor: 36 };
const record = runRecord({
  itinerary: 'Rollback',
  migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'back', uid: `00${suffix}-run` },
  plan: { namespace: 'openshift-migration', name: 'plan', uid: `00${suffix}-plan` },
  target: { ...cluster, name: 'target', uid: 'target' },
  namespaces: [made, shared, there].map((namespace) => ({ source: namespace, target: namespace })),
  volumes: ['data', 'kept'].map((name) => runVolume({ namespace: made, claim: name })),
});
const run = refOf(record);
const signal = () => AbortSignal.timeout(120_000);

let target: ClusterClient;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createRollbackActivities>;

beforeAll(async () => {
  target = connectCluster(await administratorOf('target'));
  recorded = recordedRun(record, { source: target, target });
  activities = createRollbackActivities(recorded.deps);

  await Promise.all([bring(namespace(made)), bring(namespace(shared)), target.create(namespace(there))]);
  await Promise.all([made, shared, there].map(untilUsable));
  const application = deployment('web', { claim: 'data', first: 'head -c 1048576 /dev/zero > /data/file' });
  for (const object of [
    inside(made, claim('data')),
    inside(made, claim('kept')),
    inside(made, application),
    inside(made, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tool' },
      spec: podTemplate('tool', { claim: 'kept' }).spec,
    }),
    inside(made, service('web')),
    inside(made, configMap('settings')),
    inside(shared, configMap('settings')),
    inside(there, configMap('settings')),
    inside(there, deployment('web')),
    clusterRole(`rollback-ours-${suffix}`),
    definition('Widget'),
    definition('Gadget'),
  ]) {
    await bring(object);
  }
  for (const object of [
    inside(shared, configMap('theirs')),
    inside(there, configMap('theirs')),
    inside(there, deployment('theirs')),
    clusterRole(`rollback-theirs-${suffix}`),
  ]) {
    await target.create(object);
  }
  const custom = (kind: string, name: string) => inside(there, { apiVersion: `${group}/v1`, kind, metadata: { name } });
  await Promise.all(['Widget', 'Gadget'].map(untilServed));
  await bring(custom('Widget', 'ours'));
  await bring(custom('Gadget', 'ours'));
  await target.create(custom('Gadget', 'theirs'));
  const { apiVersion, kind, metadata } = await bring(custom('Widget', 'operated'));
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
  const operated = deployment('operated');
  await target.create(inside(there, { ...operated, metadata: { ...operated.metadata, ownerReferences: [owner] } }));
  for (const { kind, namespace: place = '', name } of recorded.created.filter(runsPods))
    await untilRunning(kind, place, name);
  await untilRunning('Deployment', there, 'theirs');
  await untilRunning('Deployment', there, 'operated');
  await retain('data', 'Delete');
  await retain('kept', 'Retain');
});

afterAll(async () => {
  await Promise.all([made, shared, there].map((name) => remove('v1', 'Namespace', name)));
  await remove('rbac.authorization.k8s.io/v1', 'ClusterRole', `rollback-theirs-${suffix}`);
  for (const kind of ['Widget', 'Gadget']) await remove(DEFINITION.apiVersion, DEFINITION.kind, definitionName(kind));
  const { items } = await target.list({ apiVersion: 'v1', kind: 'PersistentVolume' });
  for (const volume of items.filter(({ spec }) => spec.claimRef?.namespace === made)) {
    await target.patch(referenceOf(volume), { spec: { persistentVolumeReclaimPolicy: 'Delete' } });
  }
  await target?.close();
});

describe('a rollback', () => {
  let foreign: KubeObject;

  it('stops at nothing that others use', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'theirs' } };
    foreign = await target.create(inside(made, { ...pod, spec: podTemplate('theirs', { claim: 'data' }).spec }));
    await expect(perform(activities.haltTarget)).rejects.toThrow(`${made}/data (pod theirs)`);
    await expect(perform(activities.removeMigrated)).rejects.toThrow(`${made}/data (pod theirs)`);
    expect((await found()).map(({ metadata }) => metadata.deletionTimestamp).filter(Boolean)).toEqual([]);
    expect(await found()).toHaveLength(recorded.created.length);
    await target.remove(referenceOf(foreign), { gracePeriodSeconds: 0 });
  });

  it('halts what runs brought, and nothing else', async () => {
    expect(await perform(activities.haltTarget)).toEqual({ workloads: 2 });
    expect(await podsIn(made)).toEqual([]);
    // The source starts next: what an operator kept running for a custom resource is gone too.
    expect(await podsIn(there)).toEqual([expect.stringMatching(/^theirs-/)]);
    expect(recorded.facts.rollbackDiscards).toMatchObject([
      { claim: `${made}/data`, size: '1Gi', pods: [expect.stringMatching(/^web-/)] },
      { claim: `${made}/kept`, size: '1Gi', pods: ['tool'] },
    ]);
    expect(await perform(activities.haltTarget)).toEqual({ workloads: 0 });
  });

  it('removes it, continues where it was interrupted, and names what stays', async () => {
    const killed = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const remove = target.remove.bind(target);
    const removing = vi.spyOn(target, 'remove').mockImplementation(async (...args) => {
      const removed = await remove(...args);
      killed.cancel();
      return removed;
    });
    await killed.run(activities.removeMigrated, { run }).catch(() => undefined);
    expect(removing).toHaveBeenCalled();
    removing.mockRestore();
    const all = recorded.created.length;

    const { kept, discarded, removed } = await perform(activities.removeMigrated);
    expect(kept).toEqual([
      expect.stringMatching(
        `^PersistentVolume .* is Released with its data: it belonged to claim ${made}/kept, .* Retain$`,
      ),
      `CustomResourceDefinition ${definitionName('Gadget')} stays: others keep Gadget ${there}/theirs`,
      `Namespace ${shared} stays: it contains ConfigMap theirs`,
    ]);
    expect(discarded).toEqual([
      expect.stringMatching(`^${made}/data, 1Gi, mounted by web-`),
      `${made}/kept, 1Gi, mounted by tool`,
    ]);
    expect(removed).toBeLessThan(all);
    expect((await found()).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      `Namespace ${shared}`,
      `CustomResourceDefinition ${definitionName('Gadget')}`,
    ]);
    expect(recorded.created.map(({ kind }) => kind)).toEqual(['Namespace', 'CustomResourceDefinition']);
  });

  it('leaves everything that others made', async () => {
    const theirs: ObjectReference[] = [
      { apiVersion: 'v1', kind: 'Namespace', name: there },
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: shared, name: 'theirs' },
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: there, name: 'theirs' },
      { apiVersion: `${group}/v1`, kind: 'Gadget', namespace: there, name: 'theirs' },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: `rollback-theirs-${suffix}` },
    ];
    const left = await Promise.all(theirs.map((reference) => target.get(reference)));
    expect(left.map((object) => object?.metadata.deletionTimestamp ?? object?.kind)).toEqual(
      theirs.map(({ kind }) => kind),
    );
    expect(await podsIn(there)).toEqual([expect.stringMatching(/^theirs-/)]);
    expect(await target.get({ apiVersion: 'v1', kind: 'Namespace', name: made })).toBeUndefined();
  });

  it('gives volumes back to their policy: one is deleted with its claim, the other one is Released', async () => {
    const { items } = await target.list({ apiVersion: 'v1', kind: 'PersistentVolume' });
    const ours = items.filter(({ spec }) => spec.claimRef?.namespace === made);
    expect(ours.map(({ spec, status }) => [spec.claimRef.name, status.phase])).toEqual([['kept', 'Released']]);
    expect(ours[0]?.metadata.annotations).not.toHaveProperty([ANNOTATIONS.originalReclaimPolicy]);
  });
});

/** Runs an activity as a worker would, each time as a first attempt. */
const perform = <Result>(activity: (input: { run: RunRef }) => Promise<Result>): Promise<Result> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { run });

/** As a run of the plan does: with its label, and recorded. */
async function bring(object: KubeObject): Promise<KubeObject> {
  const labels = { ...object.metadata.labels, [LABELS.migratedByPlan]: record.plan.uid };
  const brought = await target.create({ ...object, metadata: { ...object.metadata, labels } });
  recorded.created.push({ cluster: 'target', ...referenceOf(object), uid: brought.metadata.uid ?? '' });
  return brought;
}

/** What is left of what was recorded. */
async function found(): Promise<KubeObject[]> {
  const objects = await Promise.all(recorded.created.map((object) => target.get(object)));
  return objects.flatMap((object) => object ?? []);
}

const inside = (place: string, object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace: place },
});
const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const service = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});
const clusterRole = (name: string): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  rules: [],
});

const DEFINITION = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;
const definitionName = (kind: string): string => `${kind.toLowerCase()}s.${group}`;
function definition(kind: string): KubeObject {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    ...DEFINITION,
    metadata: { name: definitionName(kind) },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular, plural: `${singular}s`, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const untilServed = (kind: string) =>
  waitForObject(
    target,
    { ...DEFINITION, name: definitionName(kind) },
    ({ status }) =>
      status?.conditions?.some(
        ({ type, status: is }: Record<string, string>) => type === 'Established' && is === 'True',
      ) === true,
    { signal: signal() },
  );
const untilUsable = (name: string) =>
  waitForObject(target, { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' }, () => true, {
    signal: signal(),
  });
const runsPods = ({ kind }: { kind: string }): boolean => ['Deployment', 'Pod'].includes(kind);
const untilRunning = (kind: string, place: string, name: string) =>
  waitForObject(
    target,
    { apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1', kind, namespace: place, name },
    (object) => (kind === 'Pod' ? object.status?.phase === 'Running' : healthOf(object).available),
    { signal: signal() },
  );

/** What a run does to the volume of a claim it made; `policy` is the one it found. */
async function retain(claimName: string, policy: string): Promise<void> {
  const reference = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: made, name: claimName };
  const bound = await waitForObject(target, reference, ({ status }) => status?.phase === 'Bound', { signal: signal() });
  const volume = await target.patch(
    { apiVersion: 'v1', kind: 'PersistentVolume', name: bound.spec.volumeName },
    {
      metadata: {
        labels: { [LABELS.migratedByPlan]: record.plan.uid },
        annotations: { [ANNOTATIONS.originalReclaimPolicy]: policy },
      },
      spec: { persistentVolumeReclaimPolicy: 'Retain' },
    },
  );
  recorded.created.push({ cluster: 'target', ...referenceOf(volume), uid: volume.metadata.uid ?? '' });
}

/** Pods whose containers have not all ended. */
async function podsIn(place: string): Promise<string[]> {
  const { items } = await target.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: place });
  return items.filter((pod) => !isFinishedPod(pod)).map(({ metadata }) => metadata.name);
}

const remove = (apiVersion: string, kind: string, name: string) => target?.remove({ apiVersion, kind, name });
