import { setTimeout as pause } from 'node:timers/promises';
import type { Helper } from './helpers-left.js';

/** A migration or DirectVolumeMigration that was run, with all its attempts. */
export interface MadeRun {
  uid: string;
  /** `namespace/name` */
  name: string;
  isOver: boolean;
}

/** Where the check looks. */
export interface Surroundings {
  /** Also those whose object is gone. */
  runs(): Promise<MadeRun[]>;
  /** What is being deleted is given that long to go. */
  helpersOf(runUids: readonly string[], options: { patienceSeconds: number }): Promise<Helper[]>;
}

/** Grace periods of pods; and a run is shown as over a moment before its end is recorded. */
const PATIENCE_SECONDS = 30;
const BETWEEN_LOOKS_MS = 250;

const notOver = ({ name }: MadeRun): string => `${name} is not over: a test brings to an end what it starts`;

/** Sees that the runs of one system leave no helper behind. What was told is not told again: one fault fails one test. */
export class LeftoverCheck {
  private readonly told = new Set<string>();

  constructor(
    private readonly surroundings: Surroundings,
    private readonly patienceSeconds = PATIENCE_SECONDS,
  ) {}

  /**
   * @param options.besideOthers whether other tests still run that may have runs of their own under way: those are left alone
   * @throws Error with each helper that a run has left, and each run that is not over
   */
  async expectNothingLeft({ besideOthers = false } = {}): Promise<void> {
    const runs = besideOthers ? await this.surroundings.runs() : await this.untilOver();
    const open = besideOthers ? [] : runs.filter(({ isOver }) => !isOver);
    const leftBehind = await this.leftBy(runs.filter(({ isOver }) => isOver));
    const left = [...leftBehind, ...open.map(notOver)].filter((line) => !this.told.has(line));
    for (const line of left) this.told.add(line);
    if (left.length > 0) throw new Error(`Migrations have left behind:\n${left.join('\n')}`);
  }

  private async untilOver(): Promise<MadeRun[]> {
    const deadline = Date.now() + this.patienceSeconds * 1_000;
    for (;;) {
      const runs = await this.surroundings.runs();
      const isAwaited = (run: MadeRun): boolean => !run.isOver && !this.told.has(notOver(run));
      if (!runs.some(isAwaited) || Date.now() > deadline) return runs;
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  private async leftBy(runs: readonly MadeRun[]): Promise<string[]> {
    if (runs.length === 0) return [];
    const uids = runs.map(({ uid }) => uid);
    const helpers = await this.surroundings.helpersOf(uids, { patienceSeconds: this.patienceSeconds });
    if (helpers.length === 0) return [];
    // A retry that has begun since then uses them.
    const over = new Map((await this.surroundings.runs()).filter(({ isOver }) => isOver).map((run) => [run.uid, run]));
    return helpers.flatMap(({ run, what }) => {
      const name = over.get(run)?.name;
      return name === undefined ? [] : [`${what} of ${name}`];
    });
  }
}
