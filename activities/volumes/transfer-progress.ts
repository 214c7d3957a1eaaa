import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import { ShownVolume } from '../direct-volumes/shown-volume.js';
import { type ClientEvent, parseRsyncProgress, type VolumeCounts } from './client-events.js';
import type { Pass } from './client-pod.js';
import { entriesOf } from './compare-counts.js';
import type { TransferResult } from './contract.js';
import { progressLines } from './progress-lines.js';
import type { VolumeRun } from './volume-run.js';

const INTERVAL_MS = 1_000;

/**
 * The progress of one pass as the store keeps it and as MTC's objects show it: written at most once a second, and left out while the
 * store does not answer.
 */
export class TransferProgress {
  private row: VolumeTransferRow;
  private readonly shown: ShownVolume;
  private podCreatedAt: string | undefined;
  private savedAt = 0;
  private saving = Promise.resolve();
  private waiting = 0;
  private previous: { at: number; sentBytes: number } | undefined;
  /** What pods that got lost had done; their successor counts from 0. */
  private lost = { sentBytes: 0, doneBytes: 0 };

  constructor(
    private readonly volumeRun: VolumeRun,
    pass: Pass,
  ) {
    const { deps, run, record, volume } = volumeRun;
    this.shown = new ShownVolume(deps.store, run, record, volume);
    this.row = {
      ref: run,
      volumeId: volume.id,
      pass,
      phase: 'Pending',
      totalBytes: 0,
      doneBytes: 0,
      sentBytes: 0,
      files: 0,
      filesTotal: 0,
      rate: 0,
      attempt: 1,
    };
  }

  /** Bytes that pods which got lost had sent. */
  get lostBytes(): number {
    return this.lost.sentBytes;
  }

  /** The pass has begun, and no pod has been heard yet. */
  begin(): void {
    this.save();
  }

  /** @returns whether something moved */
  hear(event: ClientEvent, attempt: number, podCreatedAt: string | undefined): boolean {
    const before = this.row;
    if (attempt > before.attempt) {
      this.lost = { sentBytes: before.sentBytes, doneBytes: before.doneBytes };
      this.previous = undefined;
    }
    this.podCreatedAt = podCreatedAt;
    this.row = {
      ...before,
      phase: 'Running',
      attempt,
      startedAt: before.startedAt ?? podCreatedAt,
      ...this.seenIn(event),
    };
    this.save();
    return this.row.sentBytes !== before.sentBytes || this.row.files !== before.files || event.event === 'counted';
  }

  async succeeded(result: TransferResult): Promise<void> {
    const { source, sentBytes, attempts } = result;
    this.row = {
      ...this.row,
      phase: 'Succeeded',
      attempt: attempts,
      totalBytes: source.bytes,
      doneBytes: source.bytes,
      files: source.files,
      filesTotal: source.files,
      sentBytes,
      etaSeconds: undefined,
      endedAt: new Date().toISOString(),
      message: result.warnings.join(' ') || undefined,
    };
    this.save({ now: true });
    await this.saving;
  }

  async failed(message: string): Promise<void> {
    this.row = { ...this.row, phase: 'Failed', etaSeconds: undefined, endedAt: new Date().toISOString(), message };
    this.save({ now: true });
    await this.saving;
  }

  private seenIn(event: ClientEvent): Partial<VolumeTransferRow> {
    switch (event.event) {
      case 'counted':
        return totals(event.source);
      case 'progress':
        return this.progressOf(event);
      case 'waiting':
        return { rate: 0, etaSeconds: undefined, message: `Waiting for the server: ${event.why}` };
      case 'retry':
        return { rate: 0, etaSeconds: undefined, message: `Going on after a break: ${event.why[0] ?? event.exit}` };
      default:
        return {};
    }
  }

  private progressOf({ total, sentBytes, rsync }: Extract<ClientEvent, { event: 'progress' }>) {
    const seen = parseRsyncProgress(rsync);
    const now = Date.now();
    const { at, sentBytes: before } = this.previous ?? { at: now, sentBytes };
    const rate = now > at ? Math.max(0, ((sentBytes - before) * 1_000) / (now - at)) : 0;
    this.previous = { at: now, sentBytes };
    const { lost } = this;
    const doneBytes = Math.min(total.bytes, lost.doneBytes + Math.max(sentBytes, seen?.bytes ?? 0));
    const rest = total.bytes - doneBytes;
    return {
      ...totals(total),
      sentBytes: lost.sentBytes + sentBytes,
      doneBytes,
      files: seen?.checked ?? this.row.files,
      rate,
      etaSeconds: rate > 0 ? Math.ceil(rest / rate) : undefined,
      message: undefined,
    };
  }

  /** One after the other, so that nothing old is written over something newer; left out while the last one is still under way. */
  private save({ now = false } = {}): void {
    if (!now && (this.waiting > 0 || Date.now() - this.savedAt < INTERVAL_MS)) return;
    this.savedAt = Date.now();
    this.waiting += 1;
    const { row, podCreatedAt } = this;
    this.saving = this.saving.then(() => this.write(row, podCreatedAt));
  }

  private async write(row: VolumeTransferRow, podCreatedAt: string | undefined): Promise<void> {
    const { deps, run, record } = this.volumeRun;
    const { runs, statuses } = deps.store;
    try {
      await runs.saveTransfer(row);
      await statuses.writeStepProgress(run, 'DirectVolume', progressLines(record.volumes, await runs.transfers(run)));
      await this.shown.show(row, podCreatedAt);
    } catch (error) {
      deps.logger.debug({ err: error, volume: row.volumeId }, 'Progress could not be stored');
    } finally {
      this.waiting -= 1;
    }
  }
}

const totals = (counts: VolumeCounts) => ({ totalBytes: counts.bytes, filesTotal: entriesOf(counts) });
