import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { type RecordedRun, recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import type { Pass } from './contract.js';
import { createVolumeActivities } from './index.js';
import { moverOf } from './movers.js';

const volume = runVolume({ namespace: 'shop', claim: 'data' }, { namespace: 'moved' });
const record = runRecord({ namespaces: [{ source: 'shop', target: 'moved' }], volumes: [volume] });
const prepared = { mover: 'rsync', type: 'NodePort', host: 'target', port: 1 } as const;

let source: FakeCluster;
let target: FakeCluster;
let recorded: RecordedRun;

beforeEach(() => {
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  recorded = recordedRun(record, { source: source.client, target: target.client });
  source.set({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop' },
    spec: { accessModes: ['ReadWriteOncePod'] },
  });
  source.set(podWith('db', 'shop'));
});

const podWith = (name: string, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { nodeName: 'n', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
  status: { phase: 'Running' },
});

const copy = (pass: Pass) =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    createVolumeActivities(recorded.deps).copyVolume,
    { run: refOf(record), volume: volume.id, pass, prepared },
  );

describe('the copy of a volume', () => {
  it('shows the pod its mover begins with, and none once the pass has needed none', async () => {
    expect(await copy('pre-copy')).toMatchObject({ attempts: 0 });
    expect(recorded.transfers).toMatchObject([
      { phase: 'Pending', podName: moverOf(volume).firstPod({ run: refOf(record), volume }, 'pre-copy') },
      { phase: 'Succeeded', podName: undefined },
    ]);
  });

  it('ends when another pod mounts the target claim in the middle of it, with all that copies', async () => {
    source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'db' });
    source.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    target.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'moved' } });
    const helpers = () =>
      [...source.objects.values(), ...target.objects.values()].filter(({ metadata }) => metadata.labels);
    setTimeout(() => {
      expect(helpers()).not.toEqual([]);
      target.set(podWith('foreign', 'moved'));
    }, 200);
    await expect(copy('final')).rejects.toMatchObject({ report: { type: 'TargetVolumeInUse' } });
    expect(helpers()).toEqual([]);
  });

  it('does not reach the mover while others use the target claim', async () => {
    target.set(podWith('foreign', 'moved'));
    await expect(copy('pre-copy')).rejects.toMatchObject({ report: { type: 'TargetVolumeInUse' } });
    expect(recorded.transfers.at(-1)).toMatchObject({ phase: 'Failed', message: expect.stringContaining('foreign') });
    expect(source.mutations).toEqual([]);
  });
});
