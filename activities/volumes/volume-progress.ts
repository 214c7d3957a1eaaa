import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import { ShownVolume } from '../direct-volumes/shown-volume.js';
import type { Pass, TransferResult } from './contract.js';
import { progressLines } from './progress-lines.js';
import type { VolumeRun } from './volume-run.js';

const INTERVAL_MS = 1_000;

/**
 * The progress of one pass as the store keeps it and as MTC's objects show it: written at most once a second, and left out while the
 * store does not answer. What moves is told by the mover.
 */
export class VolumeProgress {
  private current: VolumeTransferRow;
  private readonly shown: ShownVolume;
  private podCreatedAt: string | undefined;
  private savedAt = 0;
  private saving = Promise.resolve();
  private waiting = 0;

  /** @param firstPod name of the pod that the pass begins with */
  constructor(
    private readonly volumeRun: VolumeRun,
    pass: Pass,
    firstPod: string,
  ) {
    const { deps, run, record, volume } = volumeRun;
    this.shown = new ShownVolume(deps.store, run, record, volume);
    this.current = {
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
      podName: firstPod,
    };
  }

  get row(): Readonly<VolumeTransferRow> {
    return this.current;
  }

  /** The pass has begun, and no pod has been heard yet. */
  begin(): void {
    this.save();
  }

  /**
   * Something was heard of the copy.
   *
   * @param podCreatedAt when the pod that copies now was made, RFC 3339
   * @returns the row as it is now
   */
  update(changes: Partial<VolumeTransferRow>, podCreatedAt: string | undefined): Readonly<VolumeTransferRow> {
    this.podCreatedAt = podCreatedAt;
    const startedAt = this.current.startedAt ?? podCreatedAt;
    this.current = { ...this.current, phase: 'Running', startedAt, ...changes };
    this.save();
    return this.current;
  }

  /** The pod that has brought the pass to its end; undefined when it needed none. */
  copiedBy(podName: string | undefined): void {
    this.current = { ...this.current, podName };
  }

  async succeeded(result: TransferResult): Promise<void> {
    const { source, sentBytes, attempts } = result;
    this.current = {
      ...this.current,
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
    const endedAt = new Date().toISOString();
    this.current = { ...this.current, phase: 'Failed', etaSeconds: undefined, endedAt, message };
    this.save({ now: true });
    await this.saving;
  }

  /** One after the other, so that nothing old is written over something newer; left out while the last one is still under way. */
  private save({ now = false } = {}): void {
    if (!now && (this.waiting > 0 || Date.now() - this.savedAt < INTERVAL_MS)) return;
    this.savedAt = Date.now();
    this.waiting += 1;
    const { current, podCreatedAt } = this;
    this.saving = this.saving.then(() => this.write(current, podCreatedAt));
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
