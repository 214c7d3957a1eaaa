import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { type RecordOverrides, recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { createCleanupActivities } from '../cleanup/index.js';
import { createWorkloadActivities } from './index.js';

/* The application's data must not be deleted because it was halted, by whomever its claims are deleted. */

const AT = '2026-01-01T00:00:00Z';
const NOTED = ANNOTATIONS.preQuiesceReclaimPolicy;

let source: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: ReturnType<typeof createWorkloadActivities>;
let run: RunRef;

function begin(overrides: RecordOverrides = {}): void {
  const record = runRecord(overrides);
  run = refOf(record);
  source = new FakeCluster('source');
  recorded = recordedRun(record, { source: source.client, target: new FakeCluster('target').client });
  activities = createWorkloadActivities(recorded.deps);
  source.set(object('Namespace', 'shop', { namespace: undefined }));
  source.set({ ...object('StatefulSet', 'db', {}, { replicas: 1 }), apiVersion: 'apps/v1' });
}
beforeEach(() => begin());

const perform = <Result>(activity: (input: { run: RunRef }) => Promise<Result>): Promise<Result> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { run });
const undo: typeof perform = (activity) => recorded.unwinding(() => perform(activity));

const object = (kind: string, name: string, metadata: object = {}, spec: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', ...metadata }, spec }) as KubeObject;

/** A claim with its volume; whether or not the plan copies it. */
function bound(name: string, policy = 'Delete', claimMetadata: object = {}, volumeMetadata: object = {}): KubeObject {
  const claim = source.set(object('PersistentVolumeClaim', name, claimMetadata, { volumeName: `pv-${name}` }));
  source.set(
    object(
      'PersistentVolume',
      `pv-${name}`,
      { namespace: undefined, ...volumeMetadata },
      { persistentVolumeReclaimPolicy: policy, claimRef: { namespace: 'shop', name, uid: claim.metadata.uid } },
    ),
  );
  return claim;
}
const policyOf = (name: string) => source.find('PersistentVolume', `pv-${name}`)?.spec.persistentVolumeReclaimPolicy;
const notedOn = (name: string) => source.find('PersistentVolume', `pv-${name}`)?.metadata.annotations?.[NOTED];
const replicas = () => source.find('StatefulSet', 'db')?.spec.replicas;

describe('quiesceApplications', () => {
  it.each<[string, () => unknown]>([
    ['a claim', () => bound('data', 'Delete', { deletionTimestamp: AT, finalizers: ['kubernetes.io/pvc-protection'] })],
    [
      'a volume',
      () => bound('data', 'Delete', {}, { deletionTimestamp: AT, finalizers: ['kubernetes.io/pv-protection'] }),
    ],
    ['the namespace', () => source.set(object('Namespace', 'shop', { namespace: undefined, deletionTimestamp: AT }))],
  ])('halts nothing while %s is being deleted', async (_, prepare) => {
    bound('other');
    prepare();
    await expect(perform(activities.quiesceApplications)).rejects.toMatchObject({
      report: { type: 'Refused', what: expect.stringContaining('not halted') },
    });
    expect(source.mutations).toEqual([]);
    expect(replicas()).toBe(1);
  });

  it('sets all volumes of the namespaces to Retain before the first workload is halted', async () => {
    bound('data');
    bound('left-out', 'Recycle');
    bound('safe', 'Retain');
    const order: string[] = [];
    source.beforeMutation = (call) => void order.push(call.split(' ')[1] ?? '');
    await perform(activities.quiesceApplications);
    expect(order).toEqual(['PersistentVolume', 'PersistentVolume', 'StatefulSet']);
    expect(['data', 'left-out', 'safe'].map(policyOf)).toEqual(['Retain', 'Retain', 'Retain']);
    expect(['data', 'left-out', 'safe'].map(notedOn)).toEqual(['Delete', 'Recycle', undefined]);
    await perform(activities.quiesceApplications);
    expect(notedOn('data')).toBe('Delete');
  });
});

describe('the reclaim policies', () => {
  beforeEach(async () => {
    bound('data');
    bound('safe', 'Retain');
    await perform(activities.quiesceApplications);
  });

  it('come back when the source does', async () => {
    const { warnings } = await undo(activities.unquiesceSource);
    expect(warnings).toEqual([]);
    expect([policyOf('data'), notedOn('data')]).toEqual(['Delete', undefined]);
    expect([policyOf('safe'), notedOn('safe')]).toEqual(['Retain', undefined]);
  });

  it.each<[string, () => unknown]>([
    [
      'is gone',
      () => source.delete({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }),
    ],
    ['was made again', () => source.set(object('PersistentVolumeClaim', 'data', { uid: 'another' }))],
    [
      'goes',
      () => source.set(object('PersistentVolumeClaim', 'data', { deletionTimestamp: AT }, { volumeName: 'pv-data' })),
    ],
  ])('do not come back where the claim %s: the data would go', async (_, happens) => {
    happens();
    const { warnings } = await undo(activities.unquiesceSource);
    expect(policyOf('data')).toBe('Retain');
    expect(warnings).toMatchObject([
      { type: 'SourceVolumesRetained', message: expect.stringContaining('PersistentVolume pv-data') },
    ]);
  });

  it('come back when the application has moved', async () => {
    await perform(createCleanupActivities(recorded.deps).settleTarget);
    expect([policyOf('data'), notedOn('data')]).toEqual(['Delete', undefined]);
  });
});
