import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { FakeCluster } from '../../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { sendVolume } from './send-volume.js';

const counts = { files: 1, directories: 0, links: 0, others: 0, bytes: 1, sparse: 0, owners: [] };
const message = JSON.stringify({
  event: 'result',
  outcome: 'copied',
  exit: 0,
  sessions: 1,
  seconds: 1,
  sentBytes: 1,
  vanished: 0,
  files: 1,
  bytes: 1,
  source: counts,
  target: counts,
  space: null,
  errors: [],
});
const record = runRecord();
const volume = {
  id: 'shop/data',
  key: '1',
  source: { namespace: 'shop', claim: 'data' },
  target: { namespace: 'moved', claim: 'data' },
};
const endpoint = { mover: 'rsync', type: 'NodePort', host: '10.0.0.1', port: 1 } as const;

let source: FakeCluster;
let live: LiveVolumeRun;
let log: { text: string }[];

/** The outcome of each pod that is created, in order. */
function fates(...ends: ((pod: KubeObject) => void)[]): void {
  source.beforeMutation = (call) => {
    if (!call.startsWith('create Pod')) return;
    setTimeout(() => ends.shift()?.(source.find('Pod', call.split('/')[1] ?? '') as KubeObject), 5);
  };
}
const ends = (phase: string, status: object) => (pod: KubeObject) =>
  void source.set({ ...pod, status: { phase, ...status } });
const succeeds = ends('Succeeded', {
  containerStatuses: [{ name: 'rsync', state: { terminated: { exitCode: 0, message } } }],
});
const isEvicted = ends('Failed', { reason: 'Evicted', message: 'The node was low on memory.' });
const isDeleted = ({ metadata }: KubeObject) =>
  void source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: metadata.name });
const pods = (): string[] => source.mutations.filter((call) => call.startsWith('create Pod'));

beforeEach(() => {
  source = new FakeCluster('source');
  const target = new FakeCluster('target');
  const recorded = recordedRun(record, { source: source.client, target: target.client });
  log = recorded.log;
  const { signal } = new AbortController();
  live = {
    deps: recorded.deps,
    record,
    run: refOf(record),
    volume,
    source: source.client,
    target: target.client,
    signal,
  } as unknown as LiveVolumeRun;
});

const send = () => sendVolume(live, { pass: 'final', endpoint, listen: () => undefined });

describe('a client pod', () => {
  it('reports by its termination message when its log says nothing', async () => {
    fates(succeeds);
    expect(await send()).toMatchObject({ attempts: 1, report: { outcome: 'copied' } });
  });

  it('has ended with its own container, whatever a mesh has put before it', async () => {
    const proxy = { name: 'istio-proxy', state: { running: {} } };
    fates(
      ends('Running', {
        containerStatuses: [proxy, { name: 'rsync', state: { terminated: { exitCode: 0, message } } }],
      }),
    );
    expect(await send()).toMatchObject({ attempts: 1, report: { outcome: 'copied' } });
    // The proxy would hold the volume.
    expect(source.mutations).toContain('delete Pod shop/mtc-rsync-client-final-migratio-1-1-1');
  });

  it('is heard by the log of its own container', async () => {
    const asked: unknown[] = [];
    const { logs } = source as unknown as { logs: (...given: unknown[]) => AsyncGenerator<string> };
    Object.assign(source, {
      logs(pod: unknown, options: unknown) {
        asked.push(pod);
        return logs.call(source, pod, options);
      },
    });
    fates((pod) => {
      source.podLogs.set(pod.metadata.name, [message]);
      source.set({
        ...pod,
        status: {
          phase: 'Running',
          containerStatuses: ['istio-proxy', 'rsync'].map((name) => ({ name, state: { running: {} } })),
        },
      });
    });
    expect(await send()).toMatchObject({ report: { outcome: 'copied' } });
    expect(asked[0]).toMatchObject({ container: 'rsync' });
  });

  it('is followed by another when it is lost', async () => {
    fates(isDeleted, succeeds);
    expect(await send()).toMatchObject({ attempts: 2 });
    expect(pods()).toEqual([
      'create Pod shop/mtc-rsync-client-final-migratio-1-1-1',
      'create Pod shop/mtc-rsync-client-final-migratio-1-1-2',
    ]);
    expect(log).toMatchObject([{ text: expect.stringContaining('Attempt 1 was lost: Pod mtc-rsync-client') }]);
  });

  it('is taken over by an activity that is repeated, also when it has ended since', async () => {
    fates(succeeds);
    await send();
    expect(await send()).toMatchObject({ attempts: 1 });
    expect(pods()).toHaveLength(1);
  });

  it('is not replaced without end', async () => {
    fates(isEvicted, isEvicted, isEvicted);
    await expect(send()).rejects.toMatchObject({
      report: { type: 'TransferFailed', why: expect.stringContaining('Evicted (The node was low on memory.)') },
    });
    expect(pods()).toHaveLength(record.settings.rsync.backoffLimit + 1);
  });
});
