import prettyBytes from 'pretty-bytes';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationProgressStatus } from '../../resources/kinds/direct-volume-migration-progress.js';

type Status = DirectVolumeMigrationProgressStatus;

/** The transfer pod that a row is about. */
export interface ProgressPod {
  /** Undefined when the pass needed none. */
  name: string | undefined;
  /** RFC 3339 */
  createdAt?: string;
}

/** What a DirectVolumeMigrationProgress shows of its volume now; the pods of earlier attempts and passes go into its history. */
export function progressStatus(status: Status, row: VolumeTransferRow, pod: ProgressPod, now = new Date()): Status {
  // A repeated activity starts without knowing what the one before it had done.
  if (row.phase === 'Pending' && status.pass === row.pass) return status;
  const share = `${shareOf(row)}%`;
  const end = row.endedAt ? new Date(row.endedAt) : now;
  const createdAt = pod.createdAt ?? (pod.name === status.podName ? status.creationTimestamp : undefined);
  const earlier = (status.rsyncPodStatuses ?? []).filter(({ podName }) => podName !== pod.name);
  return {
    ...status,
    pass: row.pass,
    podName: pod.name,
    phase: row.phase,
    exitCode: row.phase === 'Succeeded' && pod.name ? 0 : undefined,
    logMessage: row.message,
    creationTimestamp: createdAt,
    containerElapsedTime: elapsed(createdAt, end),
    lastObservedProgressPercent: share,
    lastObservedTransferRate: row.phase === 'Running' ? rate(row.rate) : status.lastObservedTransferRate,
    totalProgressPercentage: share,
    rsyncElapsedTime: elapsed(row.startedAt, end),
    rsyncPodStatuses: status.podName && status.podName !== pod.name ? [...earlier, former(status)] : earlier,
  };
}

/** A pod that was replaced before it was seen to end was lost. */
function former(status: Status): NonNullable<Status['rsyncPodStatuses']>[number] {
  const { podName, phase, exitCode, logMessage, creationTimestamp, containerElapsedTime } = status;
  const { lastObservedProgressPercent, lastObservedTransferRate } = status;
  return {
    podName,
    phase: phase === 'Succeeded' ? phase : 'Failed',
    exitCode,
    logMessage,
    creationTimestamp,
    containerElapsedTime,
    lastObservedProgressPercent,
    lastObservedTransferRate,
  };
}

function shareOf({ phase, doneBytes, totalBytes }: VolumeTransferRow): number {
  if (phase === 'Succeeded') return 100;
  return totalBytes > 0 ? Math.floor((doneBytes / totalBytes) * 100) : 0;
}

/** As rsync writes it: `35.20MB/s` */
const rate = (bytesPerSecond: number): string =>
  `${prettyBytes(bytesPerSecond, { space: false, minimumFractionDigits: 2, maximumFractionDigits: 2 })}/s`;

/** As Go writes durations: `1h2m3s`, `2m3s`, `3s` */
function elapsed(start: string | undefined, end: Date): string | undefined {
  if (!start) return undefined;
  const seconds = Math.max(0, Math.round((end.getTime() - Date.parse(start)) / 1_000));
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count, unit]) => count > 0 || unit === 's');
  return parts
    .slice(first)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}
