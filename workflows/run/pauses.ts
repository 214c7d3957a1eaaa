import { condition, isCancellation } from '@temporalio/workflow';
import { CATEGORY } from '../../resources/meta/conditions.js';
import { failureText } from '../../resources/meta/failure.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import type { RunRef } from '../../resources/run/run-record.js';
import type { StepName } from '../../resources/run/steps.js';
import type { CommittingRun } from './committing-run.js';
import { failureReport } from './failure-report.js';

const PAUSED = 'Paused';

/** Command with which the operator resumes a paused run. */
export const retryCommand = (run: RunRef): string =>
  `kubectl annotate ${run.kind.toLowerCase()} ${run.name} migration.openshift.io/retry=now`;

/** What the operator reads of steps that wait: what each failed with, what to do, and until when. */
export function pauseText(
  failures: readonly string[],
  { run, downSince, until }: { run: RunRef; downSince?: string; until: Date },
): string {
  const downtime = downSince ? ` The application has been down since ${downSince}.` : '';
  const time = wholeSeconds(until);
  return `${failures.join(' ')}${downtime} Fix the cause and retry the migration (${retryCommand(run)}), or cancel it; at ${time} it unwinds by itself.`;
}

/** `onFailure: Pause`: what fails waits for the operator and is started again, until the pause limit is spent or the run is canceled. */
export class Pauses {
  /** Of the newest request to continue. */
  private count = 0;
  /** Steps that wait, with what the operator reads about each. */
  private readonly waiting = new Map<StepName, string>();

  constructor(private readonly run: CommittingRun) {}

  resume(count: number): void {
    this.count = Math.max(this.count, count);
  }

  /** Until the operator asks to continue, or so many seconds at most. */
  async untilAsked(seconds: number): Promise<void> {
    const before = this.count;
    await condition(() => this.count > before, seconds * 1_000);
  }

  /** Does the work, `again` after each pause; what it failed with is thrown when it is not to be resumed. */
  async pausable<Result>(name: StepName, work: (again: boolean) => Promise<Result>): Promise<Result> {
    for (let again = false; ; again = true) {
      try {
        return await work(again);
      } catch (error) {
        const limitSeconds = this.run.pauseLimitSeconds;
        if (limitSeconds === undefined || isCancellation(error) || this.run.cancelRequested) throw error;
        if (!(await this.pause(name, error, limitSeconds))) throw error;
      }
    }
  }

  /** @returns whether to continue */
  private async pause(name: StepName, error: unknown, limitSeconds: number): Promise<boolean> {
    const before = this.count;
    this.waiting.set(name, failureText(failureReport(error)));
    this.show(limitSeconds);
    try {
      await condition(() => this.count > before || this.run.cancelRequested, limitSeconds * 1_000);
      return this.count > before && !this.run.cancelRequested;
    } finally {
      this.waiting.delete(name);
      if (this.waiting.size === 0) this.clear();
    }
  }

  private show(limitSeconds: number): void {
    const { ref, status } = this.run;
    const message = pauseText([...this.waiting.values()], {
      run: ref,
      downSince: status.downSince,
      until: new Date(Date.now() + limitSeconds * 1_000),
    });
    status.set({ type: PAUSED, category: CATEGORY.Warn, reason: [...this.waiting.keys()].join(', '), message });
    this.run.needsAttention(true);
    this.run.publish();
  }

  private clear(): void {
    this.run.status.clear(PAUSED);
    this.run.needsAttention(false);
    this.run.publish();
  }
}
