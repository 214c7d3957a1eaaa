import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { CATEGORY } from '../../resources/meta/conditions.js';
import { hasCommitted, type OwedFact } from '../../resources/run/facts.js';
import type { RunRef, RunSummary } from '../../resources/run/run-record.js';
import { unboundedActivity } from '../kit/activities.js';
import type { MigrationStatus } from './migration-status.js';
import { RunView } from './run-view.js';

/** A run with what can be undone: the undo that is owed, the commit point, and a cancel that comes on either side of it. */
export class CommittingRun extends RunView {
  private pastCommitPoint = false;
  cancelRequested = false;

  constructor(ref: RunRef, status: MigrationStatus, revision?: number) {
    super(ref, status, revision);
    this.announceCancel();
  }

  override onPrepared(summary: RunSummary): void {
    this.pastCommitPoint = summary.resume !== undefined;
    super.onPrepared(summary);
  }

  /** A cancel came while it could still be followed. */
  get isCanceled(): boolean {
    return this.cancelRequested && !this.pastCommitPoint;
  }

  /** Registers what will have to be undone, durably and before it is done: from then on an unwind, also one after a crash, undoes it. */
  async undoable<Result>(owed: OwedFact, work: () => Promise<Result>): Promise<Result> {
    await unboundedActivity('Record what an unwind has to undo').recordFacts({
      run: this.ref,
      facts: { [owed]: true },
    });
    return work();
  }

  /** From the first effect of `work` on the source stays down; so it is not interrupted by a cancel, and not begun after one. */
  async commit<Result>(work: () => Promise<Result>): Promise<Result> {
    // The step before may have ended well although it was asked to cancel.
    if (this.isCanceled) throw canceledBeforeCommit();
    this.pastCommitPoint = true;
    return CancellationScope.nonCancellable(async () => {
      try {
        return await work();
      } catch (error) {
        if (await this.canStillBeCanceled()) throw canceledBeforeCommit();
        throw error;
      }
    });
  }

  /** The commit point when nothing is started by us: recorded before what has the effect begins. */
  async committed(): Promise<void> {
    await unboundedActivity('Record the commit point').recordFacts({
      run: this.ref,
      facts: { commitPoint: new Date().toISOString() },
    });
  }

  /** Whether a cancel came, and what was to commit has failed before its first effect. */
  private async canStillBeCanceled(): Promise<boolean> {
    // A run that never commits (a rollback) records no point by which to tell.
    if (!this.cancelRequested || this.summary.does.commitsAt === 'never') return false;
    const recorded = await unboundedActivity('Check whether the commit point was passed').readRun({ run: this.ref });
    this.pastCommitPoint = hasCommitted(recorded?.facts);
    return this.isCanceled;
  }

  private announceCancel(): void {
    CancellationScope.current().cancelRequested.catch(() => {
      this.cancelRequested = true;
      this.status.set({
        type: 'Canceling',
        category: CATEGORY.Advisory,
        reason: 'Cancel',
        message: 'The migration is being canceled.',
        durable: true,
      });
      this.changed();
    });
  }
}

const canceledBeforeCommit = (): CancelledFailure => new CancelledFailure('Canceled before the commit point');
