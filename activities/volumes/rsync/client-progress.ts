import type { VolumeTransferRow } from '../../../migrations-db/migration-store.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { entriesOf, type VolumeCounts } from '../compare-counts.js';
import type { VolumeProgress } from '../volume-progress.js';
import { type ClientEvent, parseRsyncProgress } from './client-events.js';

/** The progress of a pass as its client pods tell it, one after the other. */
export class ClientProgress {
  private previous: { at: number; sentBytes: number } | undefined;
  /** What pods that got lost had done; their successor counts from 0. */
  private lost = { sentBytes: 0, doneBytes: 0 };

  constructor(private readonly progress: VolumeProgress) {}

  /** Bytes that pods which got lost had sent. */
  get lostBytes(): number {
    return this.lost.sentBytes;
  }

  /** @returns whether something moved */
  hear(event: ClientEvent, attempt: number, { metadata }: Pick<KubeObject, 'metadata'>): boolean {
    const { row: before } = this.progress;
    if (attempt > before.attempt) {
      this.lost = { sentBytes: before.sentBytes, doneBytes: before.doneBytes };
      this.previous = undefined;
    }
    const after = this.progress.update(
      { attempt, podName: metadata.name, ...this.seenIn(event) },
      metadata.creationTimestamp,
    );
    return after.sentBytes !== before.sentBytes || after.files !== before.files || event.event === 'counted';
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
        return {
          rate: 0,
          etaSeconds: undefined,
          message: `Continuing after an interruption: ${event.why[0] ?? event.exit}`,
        };
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
      files: seen?.checked ?? this.progress.row.files,
      rate,
      etaSeconds: rate > 0 ? Math.ceil(rest / rate) : undefined,
      message: undefined,
    };
  }
}

const totals = (counts: VolumeCounts) => ({ totalBytes: counts.bytes, filesTotal: entriesOf(counts) });
