import prettyBytes from 'pretty-bytes';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { RunVolume } from '../../resources/run/run-record.js';

/** What the step shows of its volumes, in MTC's form: one line with the sums, one for each volume. */
export function progressLines(volumes: readonly RunVolume[], transfers: readonly VolumeTransferRow[]): string[] {
  const newestOf = new Map<string, VolumeTransferRow>();
  for (const row of transfers) if (row.pass === 'final' || !newestOf.has(row.volumeId)) newestOf.set(row.volumeId, row);
  const newest = volumes.map(({ id }) => newestOf.get(id));
  const count = (phase: VolumeTransferRow['phase']): number => newest.filter((row) => row?.phase === phase).length;
  return [
    `${volumes.length} total volumes; ${count('Succeeded')} successful; ${count('Running')} running; ${count('Failed')} failed`,
    ...newest.filter((row) => row !== undefined).map(volumeLine),
  ];
}

function volumeLine(row: VolumeTransferRow): string {
  const { volumeId, pass, phase, totalBytes, doneBytes, sentBytes, rate, etaSeconds, attempt, message } = row;
  const share = totalBytes > 0 ? Math.floor((doneBytes / totalBytes) * 100) : 0;
  const parts = {
    Pending: ['waiting to start'],
    Running: [
      `${share}% of ${bytes(totalBytes)}`,
      `${bytes(rate)}/s`,
      etaSeconds === undefined ? '' : `${duration(etaSeconds)} left`,
    ],
    Succeeded: [`${bytes(totalBytes)} copied`, `${bytes(sentBytes)} sent`],
    Failed: ['failed'],
  }[phase];
  const all = [...parts, attempt > 1 ? `attempt ${attempt}` : '', message ?? ''].filter(Boolean);
  return `${volumeId} (${pass}): ${all.join(', ')}`;
}

const bytes = (count: number): string => prettyBytes(count, { binary: true });

/** `1:02:03`, `2:03` */
function duration(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3_600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
