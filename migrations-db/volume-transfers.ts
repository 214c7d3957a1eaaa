import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run/run-record.js';
import type { VolumeTransferRow } from './migration-store.js';
import type { VolumeTransferEntity } from './schema/volume-transfer-entity.js';

/**
 * Stores the progress of one pass over a volume. Of writes that come late, a lower attempt is dropped, and so is progress of an
 * attempt already known to have ended.
 */
export async function saveTransfer(manager: EntityManager, row: VolumeTransferRow): Promise<void> {
  await manager.query(
    `INSERT INTO volume_transfers AS stored (uid, attempt, volume_id, pass, phase, total_bytes, done_bytes, sent_bytes, files,
       files_total, rate, eta_seconds, copy_attempt, pod_name, started_at, ended_at, message)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ON CONFLICT (uid, attempt, volume_id, pass) DO UPDATE SET phase = excluded.phase, total_bytes = excluded.total_bytes,
       done_bytes = excluded.done_bytes, sent_bytes = excluded.sent_bytes, files = excluded.files,
       files_total = excluded.files_total, rate = excluded.rate, eta_seconds = excluded.eta_seconds,
       copy_attempt = excluded.copy_attempt, pod_name = excluded.pod_name, started_at = coalesce(excluded.started_at, stored.started_at),
       ended_at = excluded.ended_at, message = excluded.message
     WHERE excluded.copy_attempt > stored.copy_attempt OR (excluded.copy_attempt = stored.copy_attempt
       AND (stored.phase NOT IN ('Succeeded', 'Failed') OR excluded.phase IN ('Succeeded', 'Failed')))`,
    [
      row.ref.uid,
      row.ref.attempt,
      row.volumeId,
      row.pass,
      row.phase,
      ...[row.totalBytes, row.doneBytes, row.sentBytes, row.files, row.filesTotal].map(Math.round),
      row.rate,
      row.etaSeconds,
      row.attempt,
      row.podName,
      row.startedAt,
      row.endedAt,
      row.message,
    ],
  );
}

export function toTransferRow(ref: RunRef, transfer: VolumeTransferEntity): VolumeTransferRow {
  const { uid, copyAttempt, etaSeconds, podName, startedAt, endedAt, message, ...same } = transfer;
  return {
    ...same,
    ref,
    attempt: copyAttempt,
    etaSeconds: etaSeconds ?? undefined,
    podName: podName ?? undefined,
    startedAt: startedAt?.toISOString(),
    endedAt: endedAt?.toISOString(),
    message: message ?? undefined,
  };
}
