import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import type { RunVolume } from '../../resources/run/run-record.js';

const LISTS = {
  Pending: 'pendingPods',
  Running: 'runningPods',
  Succeeded: 'successfulPods',
  Failed: 'failedPods',
} as const satisfies Record<VolumeTransferRow['phase'], keyof DirectVolumeMigrationStatus>;

type Claim = { name?: string; namespace?: string } | undefined;

/**
 * The state of a DirectVolumeMigration's copies (rsyncOperations and the lists of pods) once that of one volume has changed; that of
 * the other volumes stays.
 */
export function withCopyOf(
  status: DirectVolumeMigrationStatus,
  { source }: Pick<RunVolume, 'source'>,
  row: Pick<VolumeTransferRow, 'pass' | 'phase' | 'attempt'>,
  podName: string | undefined,
): DirectVolumeMigrationStatus {
  const { namespace } = source;
  const claim = { name: source.claim, namespace };
  const isOther = (other: Claim): boolean => other?.name !== claim.name || other?.namespace !== claim.namespace;
  const operations = status.rsyncOperations ?? [];
  const known = operations.find(({ pvcReference }) => !isOther(pvcReference));
  // A repeated activity starts without knowing what the one before it had done.
  if (known && row.phase === 'Pending' && known.pass === row.pass) return status;

  const lists = Object.entries(LISTS).map(([phase, list]) => {
    const others = (status[list] ?? []).filter(({ pvcRef }) => isOther(pvcRef));
    const pods = phase === row.phase && podName ? [...others, { name: podName, namespace, pvcRef: claim }] : others;
    return [list, pods.length > 0 ? pods : undefined];
  });
  const operation = {
    pvcReference: claim,
    pass: row.pass,
    currentAttempt: row.attempt,
    succeeded: row.phase === 'Succeeded',
    failed: row.phase === 'Failed',
  };
  return {
    ...status,
    ...Object.fromEntries(lists),
    rsyncOperations: known ? operations.map((old) => (old === known ? operation : old)) : [...operations, operation],
  };
}
