import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createVolumeActivities } from './index.js';

const volume = runVolume({ namespace: 'shop', claim: 'data' }, { size: '300Mi' });
const record = runRecord({ volumes: [volume] });
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

let source: FakeCluster;
let target: FakeCluster;

/** The claim of a run that found its volume full. */
const former = (labels: Record<string, string>) =>
  target.set({
    ...CLAIM,
    metadata: { name: 'data', namespace: 'shop', labels },
    spec: { volumeName: 'pv-1', resources: { requests: { storage: '100Mi' } } },
    status: { capacity: { storage: '100Mi' } },
  });

const ours = {
  'migration.openshift.io/migrated-by-migplan': 'plan-uid',
  'migration.openshift.io/migrated-by-migmigration': 'an-earlier-run',
};

const cannotExpand = (call: string): void => {
  if (!call.startsWith('patch PersistentVolumeClaim')) return;
  throw new KubernetesApiError('the storageclass that provisions the pvc must support resize', {
    code: 403,
    reason: 'Forbidden',
    cluster: 'target',
    verb: 'patch',
    path: '',
  });
};

const provision = () =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    createVolumeActivities(recordedRun(record, { source: source.client, target: target.client }).deps)
      .provisionTargetVolume,
    { run: refOf(record), volume: volume.id },
  );

const asked = () => target.find('PersistentVolumeClaim', 'data')?.spec.resources.requests.storage;

beforeEach(() => {
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  source.set({ ...CLAIM, metadata: { name: 'data', namespace: 'shop' }, spec: {} });
  for (const cluster of [source, target]) {
    cluster.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  }
});

describe('a target claim that is smaller than the plan says now', () => {
  it('is expanded', async () => {
    const uid = former(ours).metadata.uid;
    await provision();
    expect(asked()).toBe('300Mi');
    expect(target.find('PersistentVolumeClaim', 'data')?.metadata.uid).toBe(uid);
  });

  it('is made again where its class cannot expand it, and its volume goes', async () => {
    target.beforeMutation = cannotExpand;
    const uid = former(ours).metadata.uid;
    target.set({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1', annotations: { 'openshift.io/orig-reclaim-policy': 'Delete' } },
      spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: { uid } },
    });
    expect(await provision()).toEqual({ created: true });
    expect(asked()).toBe('300Mi');
    expect(target.find('PersistentVolumeClaim', 'data')?.metadata.uid).not.toBe(uid);
    expect(target.find('PersistentVolume', 'pv-1')?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
  });

  it('stays as it is when others made it', async () => {
    former({});
    await provision();
    expect(asked()).toBe('100Mi');
    expect(target.mutations).toEqual([]);
  });
});
