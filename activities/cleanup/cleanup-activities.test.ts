import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createCleanupActivities } from './index.js';

function scene(overrides: Partial<RunRecord> = {}) {
  const record = runRecord({ namespaces: [{ source: 'shop', target: 'moved' }], ...overrides });
  const source = new FakeCluster('source');
  const target = new FakeCluster('target');
  const recorded = recordedRun(record, { source: source.client, target: target.client });
  const activities = createCleanupActivities(recorded.deps);
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const perform = <Result>(activity: (input: { run: ReturnType<typeof refOf> }) => Promise<Result>) =>
    environment.run(activity, { run: refOf(record) });
  return { source, target, recorded, perform, activities };
}

const helper = (kind: string, namespace: string, owner = 'migration-uid'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: `mtc-${kind.toLowerCase()}`, namespace, uid: `uid-of-${kind}`, labels: { [LABELS.helper]: owner } },
  spec: { containers: [{ name: 'rsync' }, { name: 'stunnel' }] },
});

describe('sweepHelpers', () => {
  it("removes this run's helpers from both clusters and nothing else", async () => {
    const { source, target, perform, activities } = scene();
    source.set(helper('Pod', 'shop'));
    source.set(helper('Secret', 'shop'));
    source.set(helper('ConfigMap', 'openshift-migration'));
    target.set(helper('Service', 'moved'));
    source.set({ ...helper('Secret', 'shop', 'another-run'), metadata: { name: 'foreign', namespace: 'shop' } });
    source.set({ ...helper('Service', 'shop', 'another-run') });
    target.set(helper('Secret', 'shop'));
    expect(await perform(activities.sweepHelpers)).toEqual({ removed: 4 });
    expect([...source.objects.keys()]).toEqual(['Secret shop/foreign', 'Service shop/mtc-service']);
    // The source's namespace is none of this run's on the target.
    expect([...target.objects.keys()]).toEqual(['Secret shop/mtc-secret']);
    expect(await perform(activities.sweepHelpers)).toEqual({ removed: 0 });
  });

  it('keeps the log and the events of a pod before it goes', async () => {
    const { source, perform, activities, recorded } = scene();
    source.set(helper('Pod', 'shop'));
    source.podLogs.set('mtc-pod', ['one', 'two']);
    source.set({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { uid: 'uid-of-Pod' },
      type: 'Warning',
      reason: 'Failed',
      message: 'it failed',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    await perform(activities.sweepHelpers);
    expect(recorded.log.map(({ source: from, text }) => [from, text])).toEqual([
      ['cluster source, Pod shop/mtc-pod, events', '2026-01-01T00:00:00Z Warning Failed: it failed'],
      ['cluster source, Pod shop/mtc-pod, container rsync', 'one\ntwo'],
      ['cluster source, Pod shop/mtc-pod, container stunnel', 'one\ntwo'],
    ]);
  });

  it('continues when a log cannot be read', async () => {
    const { source, perform, activities, recorded } = scene();
    source.set(helper('Pod', 'shop'));
    expect(await perform(activities.sweepHelpers)).toEqual({ removed: 1 });
    expect(recorded.log).toEqual([]);
  });
});

describe('what a run made and could not tell of', () => {
  const volume = runVolume({ namespace: 'shop', claim: 'data' });
  const claim = (name: string, labels: object, fields: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: volume.target.namespace, uid: `uid-of-${name}`, labels: { ...labels } },
    ...fields,
  });

  it('is recorded: by its names and its own labels', async () => {
    const { target, perform, activities, recorded } = scene({ volumes: [volume] });
    const labels = { [LABELS.migratedByPlan]: 'plan-uid', [LABELS.migratedByMigration]: 'migration-uid' };
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'moved', uid: 'uid-of-moved', labels } });
    target.set(claim(volume.target.claim, labels, { spec: { volumeName: 'pv' } }));
    const annotations = { [ANNOTATIONS.originalReclaimPolicy]: 'Delete' };
    target.set({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv', uid: 'uid-of-pv', labels, annotations },
    });
    // A copy that a user made of it.
    target.set(claim('copy', labels));
    await perform(activities.recordMade);
    expect(recorded.created.map(({ kind, uid }) => [kind, uid])).toEqual([
      ['Namespace', 'uid-of-moved'],
      ['PersistentVolumeClaim', `uid-of-${volume.target.claim}`],
      ['PersistentVolume', 'uid-of-pv'],
    ]);
  });

  it('belongs to no other run', async () => {
    const { target, perform, activities, recorded } = scene({ volumes: [volume] });
    const labels = { [LABELS.migratedByPlan]: 'plan-uid', [LABELS.migratedByMigration]: 'another-run' };
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'moved' } });
    target.set(claim(volume.target.claim, labels, { spec: { volumeName: 'pv' } }));
    target.set({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' } });
    await perform(activities.recordMade);
    expect(recorded.created).toEqual([]);
  });

  it('is not looked for when helpers go', async () => {
    const { target, perform, activities, recorded } = scene({ volumes: [volume] });
    const labels = { [LABELS.migratedByPlan]: 'plan-uid', [LABELS.migratedByMigration]: 'migration-uid' };
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'moved', uid: 'uid-of-moved', labels } });
    await perform(activities.sweepHelpers);
    expect(recorded.created).toEqual([]);
  });

  it('is read a few at a time', async () => {
    const volumes = Array.from({ length: 60 }, (_, index) => runVolume({ namespace: 'shop', claim: `data-${index}` }));
    const { target, perform, activities } = scene({ volumes });
    const get = target.get.bind(target);
    let [now, most] = [0, 0];
    target.get = async (reference) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
      return get(reference);
    };
    await perform(activities.recordMade);
    expect(most).toBeLessThanOrEqual(16);
  });
});

describe('settleTarget', () => {
  const volumes: RunRecord['volumes'] = [
    {
      id: 'shop/data',
      key: '0',
      persistentVolume: 'pv-source',
      source: { namespace: 'shop', claim: 'data' },
      target: {
        namespace: 'moved',
        claim: 'data',
        storageClass: '',
        accessModes: [],
        volumeMode: 'Filesystem',
        size: '1Gi',
      },
      verify: false,
      mover: { name: 'rsync' },
      allowOverwrite: false,
    },
  ];
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'moved', uid: 'claim' },
    spec: { volumeName: 'pv' },
  };
  const volume = (claimUid = 'claim'): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv', annotations: { [ANNOTATIONS.originalReclaimPolicy]: 'Delete', other: 'kept' } },
    spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: { uid: claimUid } },
  });
  const options = { ...runRecord().options, restoreReclaimPolicy: true };

  it('puts the reclaim policy back, once', async () => {
    const { target, perform, activities } = scene({ volumes, options });
    target.set(claim);
    target.set(volume());
    await perform(activities.settleTarget);
    await perform(activities.settleTarget);
    expect(target.find('PersistentVolume', 'pv')).toMatchObject({
      metadata: { annotations: { other: 'kept' } },
      spec: { persistentVolumeReclaimPolicy: 'Delete' },
    });
    expect(target.mutations).toEqual(['patch PersistentVolume pv']);
  });

  it('puts the reclaim policy back and leaves its note where annotations are kept', async () => {
    const { target, perform, activities } = scene({ volumes, options: { ...options, keepAnnotations: true } });
    target.set(claim);
    target.set(volume());
    await perform(activities.settleTarget);
    await perform(activities.settleTarget);
    expect(target.find('PersistentVolume', 'pv')).toMatchObject({
      metadata: { annotations: { other: 'kept', [ANNOTATIONS.originalReclaimPolicy]: 'Delete' } },
      spec: { persistentVolumeReclaimPolicy: 'Delete' },
    });
    expect(target.mutations).toEqual(['patch PersistentVolume pv']);
  });

  it.each([
    ['the plan does not ask for it', { volumes }, volume()],
    ['the run is a stage', { volumes, options, itinerary: 'Stage' as const }, volume()],
    ['the volume serves another claim by now', { volumes, options }, volume('another')],
  ])('leaves Retain where %s', async (_, overrides, persistentVolume) => {
    const { target, perform, activities } = scene(overrides);
    target.set(claim);
    target.set(persistentVolume);
    await perform(activities.settleTarget);
    expect(target.mutations).toEqual([]);
  });
});
