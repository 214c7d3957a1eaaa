import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { Attempt } from './attempt.js';

/** Seconds between two RFC 3339 times; undefined while the second is not known. */
export const secondsBetween = (start?: string, end?: string): number | undefined =>
  start && end ? Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000) : undefined;

function reportTransfer({ ref, ...transfer }: VolumeTransferRow) {
  const durationSeconds = secondsBetween(transfer.startedAt, transfer.endedAt);
  const meanRate = durationSeconds ? Math.round(transfer.sentBytes / durationSeconds) : undefined;
  return { ...transfer, durationSeconds, meanRate };
}

/** What an attempt failed with. */
export const errorsOf = ({ facts }: Attempt['run']): string[] => facts.errors ?? [];

/** Durations and bytes of a run, for people and scripts. Times in seconds, sizes in bytes, rates in bytes per second. */
export const reportOf = (migration: KubeObject, attempts: readonly Attempt[]) => ({
  namespace: migration.metadata.namespace,
  name: migration.metadata.name,
  uid: migration.metadata.uid,
  plan: migration.spec.migPlanRef?.name,
  attempts: attempts.map(({ run, steps, transfers }) => ({
    attempt: run.ref.attempt,
    itinerary: run.itinerary,
    state: run.state,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    durationSeconds: secondsBetween(run.startedAt, run.endedAt),
    errors: errorsOf(run),
    steps: steps.map((step) => ({ ...step, durationSeconds: secondsBetween(step.startedAt, step.endedAt) })),
    transfers: transfers.map(reportTransfer),
    sentBytes: transfers.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
  })),
});
