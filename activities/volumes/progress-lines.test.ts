import { expect, it } from 'vitest';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import { progressLines } from './progress-lines.js';

const row = (volumeId: string, changes: Partial<VolumeTransferRow>): VolumeTransferRow => ({
  ref: { kind: 'MigMigration', namespace: 'n', name: 'm', uid: 'u', attempt: 1 },
  volumeId,
  pass: 'pre-copy',
  phase: 'Running',
  totalBytes: 12 * 2 ** 30,
  doneBytes: 3 * 2 ** 30,
  sentBytes: 3 * 2 ** 30,
  files: 1,
  filesTotal: 4,
  rate: 100 * 2 ** 20,
  etaSeconds: 3_723,
  attempt: 1,
  ...changes,
});

it('has a line with the sums and one for the newest pass of each volume', () => {
  const volumes = ['shop/a', 'shop/b', 'shop/c', 'shop/d'].map((id) => ({ id }) as RunVolume);
  const rows = [
    row('shop/a', { phase: 'Succeeded' }),
    row('shop/a', { pass: 'final', attempt: 2, etaSeconds: 59 }),
    row('shop/b', {}),
    row('shop/c', { phase: 'Failed', message: 'Volume is full' }),
  ];
  expect(progressLines(volumes, rows)).toEqual([
    '4 total volumes; 0 successful; 2 running; 1 failed',
    'shop/a (final): 25% of 12 GiB, 100 MiB/s, 0:59 left, attempt 2',
    'shop/b (pre-copy): 25% of 12 GiB, 100 MiB/s, 1:02:03 left',
    'shop/c (pre-copy): failed, Volume is full',
  ]);
  expect(progressLines(volumes.slice(0, 1), [row('shop/a', { phase: 'Succeeded' })])).toEqual([
    '1 total volumes; 1 successful; 0 running; 0 failed',
    'shop/a (pre-copy): 12 GiB copied, 3 GiB sent',
  ]);
});
