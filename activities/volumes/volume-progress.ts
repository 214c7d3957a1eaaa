import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { Pass, TransferResult } from './contract.js';
import { RunProgress } from './run-progress.js';
import type { VolumeRun } from './volume-run.js';

/**
 * The progress of one pass as the store keeps it and as MTC's objects show it, written with that of the run's other volumes. What moves is
 * told by the mover.
 */
export class VolumeProgress {
  private current: VolumeTransferRow;
  private podCreatedAt: string | undefined;

  /** @param firstPod name of the pod that the pass begins with */
  constructor(
    private readonly volumeRun: VolumeRun,
    pass: Pass,
    firstPod: string,
  ) {
    const { run, volume } = volumeRun;
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
    this.written.tell(this.current, this.podCreatedAt);
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
    this.written.tell(this.current, this.podCreatedAt);
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
    await this.written.settle(this.current, this.podCreatedAt);
  }

  async failed(message: string): Promise<void> {
    const endedAt = new Date().toISOString();
    this.current = { ...this.current, phase: 'Failed', etaSeconds: undefined, endedAt, message };
    await this.written.settle(this.current, this.podCreatedAt);
  }

  /** The pass has ended, whatever came of it: nothing more is told. */
  end(): void {
    RunProgress.drop(this.volumeRun, this.current.volumeId);
  }

  /** Asked for each time: it is there while there is something to write. */
  private get written(): RunProgress {
    return RunProgress.of(this.volumeRun);
  }
}
