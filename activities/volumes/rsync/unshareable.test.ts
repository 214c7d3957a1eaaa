import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../../test/kit/fakes/fake-cluster.js';
import { type RecordOverrides, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { skippedPass } from './unshareable.js';

let source: FakeCluster;
const volume = { id: 'shop/data', source: { namespace: 'shop', claim: 'data' } };
const live = (more: RecordOverrides = {}) =>
  ({
    record: runRecord(more),
    volume,
    source: source.client,
    run: {},
    signal: new AbortController().signal,
  }) as unknown as LiveVolumeRun;

const setClaim = (...accessModes: string[]) =>
  source.set({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop' },
    spec: { accessModes },
  });
const setPod = (labels: Record<string, string> = {}) =>
  source.set({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db', namespace: 'shop', labels },
    spec: { nodeName: 'n', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    status: { phase: 'Running' },
  });

beforeEach(() => {
  source = new FakeCluster('source');
});

describe('the pass before quiesce', () => {
  it('leaves out a volume that only the application may mount, and says so', async () => {
    setClaim('ReadWriteOncePod');
    setPod();
    expect(await skippedPass(live())).toMatchObject({ attempts: 0, warnings: [expect.stringContaining('pod db')] });
  });

  it('is refused when no other follows', async () => {
    setClaim('ReadWriteOncePod');
    setPod();
    const withoutQuiesce = live({ quiescePods: false });
    await expect(skippedPass(withoutQuiesce)).rejects.toMatchObject({ report: { type: 'NotYetSupported' } });
  });

  it('takes volumes that may be mounted twice, or that no pod has mounted', async () => {
    setClaim('ReadWriteOncePod');
    setPod({ 'migration.openshift.io/helper': 'another run' });
    expect(await skippedPass(live())).toBeUndefined();
    setClaim('ReadWriteOnce');
    setPod();
    expect(await skippedPass(live())).toBeUndefined();
  });
});
