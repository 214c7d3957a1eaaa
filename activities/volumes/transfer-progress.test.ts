import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { type RecordedRun, recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { TransferProgress } from './transfer-progress.js';
import type { VolumeRun } from './volume-run.js';

const total = { files: 4, directories: 0, links: 0, others: 0, bytes: 1_000, sparse: 0, owners: [] };
const sent = (sentBytes: number) => ({ event: 'progress', total, sentBytes, rsync: '' }) as const;

let recorded: RecordedRun;
let progress: TransferProgress;

beforeEach(() => {
  const record = runRecord();
  const [source, target] = [new FakeCluster('source').client, new FakeCluster('target').client];
  recorded = recordedRun(record, { source, target });
  const volume = { id: 'shop/data', key: '1' };
  const volumeRun = { deps: recorded.deps, run: refOf(record), record, volume } as unknown as VolumeRun;
  progress = new TransferProgress(volumeRun, 'pre-copy');
});

describe('TransferProgress', () => {
  it('goes on where a lost pod stood', async () => {
    progress.hear({ event: 'counted', source: total }, 1, undefined);
    progress.hear(sent(400), 1, undefined);
    expect(progress.lostBytes).toBe(0);
    progress.hear({ event: 'counted', source: total }, 2, undefined);
    expect(progress.lostBytes).toBe(400);
    progress.hear(sent(100), 2, undefined);
    await progress.failed('enough');
    expect(recorded.transfers.at(-1)).toMatchObject({ attempt: 2, doneBytes: 500, sentBytes: 500, totalBytes: 1_000 });
  });

  it('never tells of more than there is', async () => {
    progress.hear(sent(900), 1, undefined);
    progress.hear(sent(300), 2, undefined);
    await progress.failed('enough');
    expect(recorded.transfers.at(-1)).toMatchObject({ doneBytes: 1_000, sentBytes: 1_200 });
  });
});
