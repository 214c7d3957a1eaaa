import type { MigrationStore, VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { ShownCopies } from '../direct-volumes/shown-copies.js';
import { progressLines } from './progress-lines.js';
import type { VolumeRun } from './volume-run.js';

type Told = Pick<VolumeRun, 'deps' | 'run' | 'record'>;

const SECOND_MS = 1_000;
/** Objects of the API that are written for one run: each write is one of the one log that all runs share. */
const WRITES_PER_SECOND = 5;
/** The lines of the step, and the states of the copies. */
const WRITES_BEFORE_VOLUMES = 2;

interface News {
  row: VolumeTransferRow;
  podCreatedAt?: string;
}

const writers = new WeakMap<MigrationStore, Map<string, RunProgress>>();

/**
 * Writes the progress of all volumes of a run that this process copies: together and at most once a second, however many there are; the
 * volumes' own objects take turns. What was told while the store did not answer is left out.
 */
export class RunProgress {
  /** The newest of each volume that is not written yet, and those whose own object does not show it. */
  private unsaved = new Map<string, News>();
  private readonly toShow = new Map<string, News>();
  /** Called when what was told before is written. */
  private waiting: (() => void)[] = [];
  private readonly copies: ShownCopies;
  private readonly writtenAt: number[] = [];
  private writing = false;
  private lastRound = 0;

  private constructor(
    private readonly told: Told,
    private readonly forget: () => void,
  ) {
    this.copies = new ShownCopies(told.deps.store, told.run, told.record);
  }

  /** The one writer of a run in this process, for as long as there is something to write. */
  static of({ deps, run, record }: Told): RunProgress {
    const ofStore = writers.get(deps.store) ?? new Map<string, RunProgress>();
    writers.set(deps.store, ofStore);
    const known = ofStore.get(keyOf(run)) ?? new RunProgress({ deps, run, record }, () => ofStore.delete(keyOf(run)));
    ofStore.set(keyOf(run), known);
    return known;
  }

  /** The pass of a volume has ended without an outcome: what it told last comes too late for what others write from here on. */
  static drop({ deps, run }: Told, volumeId: string): void {
    const known = writers.get(deps.store)?.get(keyOf(run));
    known?.unsaved.delete(volumeId);
    known?.toShow.delete(volumeId);
  }

  tell(row: VolumeTransferRow, podCreatedAt: string | undefined): void {
    this.unsaved.set(row.volumeId, { row, podCreatedAt });
    if (!this.writing) void this.write();
  }

  /** Resolves when it is written, or could not be. */
  async settle(row: VolumeTransferRow, podCreatedAt: string | undefined): Promise<void> {
    const written = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.tell(row, podCreatedAt);
    await written;
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.unsaved.size > 0 || this.toShow.size > 0 || this.waiting.length > 0) {
      await this.untilDue();
      await this.round();
    }
    this.writing = false;
    this.forget();
  }

  /** A second after the last round; at once when a pass waits for its outcome to be written and there is room. */
  private async untilDue(): Promise<void> {
    for (;;) {
      const isDue = this.waiting.length > 0 || Date.now() - this.lastRound >= SECOND_MS;
      if (isDue && this.room() >= WRITES_BEFORE_VOLUMES) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async round(): Promise<void> {
    this.lastRound = Date.now();
    const { unsaved, waiting } = this;
    this.unsaved = new Map();
    this.waiting = [];
    for (const [id, news] of unsaved) this.toShow.set(id, news);
    try {
      await this.save([...unsaved.values()].map(({ row }) => row));
      for (const resolve of waiting) resolve();
      await this.showVolumes();
    } catch (error) {
      this.toShow.clear();
      this.told.deps.logger.debug({ err: error, run: this.told.run.name }, 'Progress could not be stored');
    } finally {
      for (const resolve of waiting) resolve();
    }
  }

  private async save(rows: readonly VolumeTransferRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { deps, run, record } = this.told;
    const { runs, statuses } = deps.store;
    await runs.saveTransfers(rows);
    const lines = progressLines(record.volumes, await runs.transfers(run));
    await this.counted(() => statuses.writeStepProgress(run, 'DirectVolume', lines));
    const news = rows.filter((row) => this.copies.isNews(row));
    if (news.length > 0) await this.counted(() => this.copies.showStates(news));
  }

  /** As many as there is room for; the others have their turn in the next second. */
  private async showVolumes(): Promise<void> {
    for (const [id, { row, podCreatedAt }] of this.toShow) {
      if (this.room() === 0) return;
      this.toShow.delete(id);
      await this.counted(() => this.copies.showProgress(row, podCreatedAt));
    }
  }

  private async counted(write: () => Promise<void>): Promise<void> {
    this.writtenAt.push(Date.now());
    await write();
  }

  private room(): number {
    const since = Date.now() - SECOND_MS;
    while (this.writtenAt[0] !== undefined && this.writtenAt[0] <= since) this.writtenAt.shift();
    return WRITES_PER_SECOND - this.writtenAt.length;
  }
}

const keyOf = ({ uid, attempt }: RunRef): string => `${uid} ${attempt}`;
