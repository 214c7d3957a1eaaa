import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../../test/kit/fakes/fake-cluster.js';
import { type RecordedRun, recordedRun, refOf, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import { VolumeProgress } from '../volume-progress.js';
import type { VolumeRun } from '../volume-run.js';
import { ClientProgress } from './client-progress.js';

const total = { files: 4, directories: 0, links: 0, others: 0, bytes: 1_000, sparse: 0, owners: [] };
const sent = (sentBytes: number) => ({ event: 'progress', total, sentBytes, rsync: '' }) as const;

const pod = (name: string) => ({ metadata: { name } });

let recorded: RecordedRun;
let progress: VolumeProgress;
let clients: ClientProgress;

beforeEach(() => {
  const record = runRecord();
  const [source, target] = [new FakeCluster('source').client, new FakeCluster('target').client];
  recorded = recordedRun(record, { source, target });
  const volume = { id: 'shop/data', key: '1' };
  const volumeRun = { deps: recorded.deps, run: refOf(record), record, volume } as unknown as VolumeRun;
  progress = new VolumeProgress(volumeRun, 'pre-copy', 'client-1');
  clients = new ClientProgress(progress);
});

describe('ClientProgress', () => {
  it('continues where a lost pod was', async () => {
    clients.hear({ event: 'counted', source: total }, 1, pod('client-1'));
    clients.hear(sent(400), 1, pod('client-1'));
    expect(clients.lostBytes).toBe(0);
    clients.hear({ event: 'counted', source: total }, 2, pod('client-2'));
    expect(clients.lostBytes).toBe(400);
    clients.hear(sent(100), 2, pod('client-2'));
    await progress.failed('enough');
    expect(recorded.transfers.at(-1)).toMatchObject({
      attempt: 2,
      podName: 'client-2',
      doneBytes: 500,
      sentBytes: 500,
      totalBytes: 1_000,
    });
  });

  it('never tells of more than there is', async () => {
    clients.hear(sent(900), 1, pod('client-1'));
    clients.hear(sent(300), 2, pod('client-2'));
    await progress.failed('enough');
    expect(recorded.transfers.at(-1)).toMatchObject({ doneBytes: 1_000, sentBytes: 1_200 });
  });
});
