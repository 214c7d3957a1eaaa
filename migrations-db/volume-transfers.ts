import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run/run-record.js';
import type { VolumeTransferRow } from './migration-store.js';
import type { VolumeTransferEntity } from './schema/volume-transfer-entity.js';

const COLUMNS = `uid text, attempt integer, volume_id text, pass text, phase text, total_bytes bigint, done_bytes bigint, sent_bytes bigint,
  files bigint, files_total bigint, rate double precision, eta_seconds double precision, copy_attempt integer, pod_name text,
  started_at timestamptz, ended_at timestamptz, message text`;

/**
 * Stores the progress of passes over volumes, each once. Of writes that come late, a lower attempt is dropped, and so is progress of an
 * attempt already known to have ended.
 */
export async function saveTransfers(manager: EntityManager, rows: readonly VolumeTransferRow[]): Promise<void> {
  await manager.query(
    `INSERT INTO volume_transfers AS stored (uid, attempt, volume_id, pass, phase, total_bytes, done_bytes, sent_bytes, files,
       files_total, rate, eta_seconds, copy_attempt, pod_name, started_at, ended_at, message)
     SELECT * FROM jsonb_to_recordset($1) AS (${COLUMNS})
     ON CONFLICT (uid, attempt, volume_id, pass) DO UPDATE SET phase = excluded.phase, total_bytes = excluded.total_bytes,
       done_bytes = excluded.done_bytes, sent_bytes = excluded.sent_bytes, files = excluded.files,
       files_total = excluded.files_total, rate = excluded.rate, eta_seconds = excluded.eta_seconds,
       copy_attempt = excluded.copy_attempt, pod_name = excluded.pod_name, started_at = coalesce(excluded.started_at, stored.started_at),
       ended_at = excluded.ended_at, message = excluded.message
     WHERE excluded.copy_attempt > stored.copy_attempt OR (excluded.copy_attempt = stored.copy_attempt
       AND (stored.phase NOT IN ('Succeeded', 'Failed') OR excluded.phase IN ('Succeeded', 'Failed')))`,
    [JSON.stringify(rows.map(columnsOf))],
  );
}

const columnsOf = (row: VolumeTransferRow) => ({
  uid: row.ref.uid,
  attempt: row.ref.attempt,
  volume_id: row.volumeId,
  pass: row.pass,
  phase: row.phase,
  total_bytes: Math.round(row.totalBytes),
  done_bytes: Math.round(row.doneBytes),
  sent_bytes: Math.round(row.sentBytes),
  files: Math.round(row.files),
  files_total: Math.round(row.filesTotal),
  rate: row.rate,
  eta_seconds: row.etaSeconds,
  copy_attempt: row.attempt,
  pod_name: row.podName,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  message: row.message?.replaceAll('\u0000', ''),
});

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
