import {
  CancellationScope,
  CancelledFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { CATEGORY, type ConditionFinding } from '../resources/conditions.js';
import { failureText } from '../resources/failure.js';
import { ITINERARY, type Itinerary, type RunRef, type RunSummary } from '../resources/run-record.js';
import { blocked, postponed } from '../temporal/contract/messages.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { stepWorkflowId } from '../temporal/contract/workflow-ids.js';
import { unfailing } from './activities.js';
import { failureReport } from './failure-report.js';
import { type MigrationStatus, STEPS, type StepName } from './migration-status.js';
import { StatusWriter } from './status-writer.js';
import { together } from './together.js';

/** What an itinerary is written with: steps, branches side by side, the undo that is owed, the commit point. */
export class MigrationRun {
  private readonly writer: StatusWriter;
  private prepared?: RunSummary;
  private heldBackBy: readonly ConditionFinding[] = [];
  private pastCommitPoint = false;
  cancelRequested = false;

  constructor(
    readonly ref: RunRef,
    readonly status: MigrationStatus,
  ) {
    this.writer = new StatusWriter(ref, status);
    this.announceCancel();
    setHandler(postponed, (message) => {
      this.holdBack([{ type: 'Postponed', category: CATEGORY.Advisory, message, durable: true }]);
      this.publish();
    });
    setHandler(blocked, (findings) => {
      this.holdBack(findings);
      this.publish();
    });
  }

  /** A cancel came while it could still be followed. */
  get isCanceled(): boolean {
    return this.cancelRequested && !this.pastCommitPoint;
  }

  get summary(): RunSummary {
    if (this.prepared === undefined) throw new Error('Prepare has not run');
    return this.prepared;
  }

  /** After Prepare: what the run is about, in the status and in Temporal's search attributes. */
  adopt(summary: RunSummary): void {
    this.prepared = summary;
    this.holdBack([]);
    this.status.set({ type: 'Ready', category: CATEGORY.Required, message: 'The migration is ready.', durable: true });
    for (const warning of summary.warnings) this.status.warn(warning);
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.plan, value: summary.planName },
      { key: SEARCH_ATTRIBUTES.itinerary, value: summary.itinerary },
      { key: SEARCH_ATTRIBUTES.source, value: summary.sourceCluster },
      { key: SEARCH_ATTRIBUTES.target, value: summary.targetCluster },
    ]);
    this.publish();
  }

  /**
   * One pipeline step as a child workflow of its own. `part` tells two parts of one step apart: the pipeline shows them as one entry,
   * which is complete when a part without `continues` ends.
   */
  async step<Input, Result>(
    name: StepName,
    workflow: (input: Input) => Promise<Result>,
    input: Input,
    options: { part?: string; continues?: boolean; says?: string } = {},
  ): Promise<Result> {
    this.begin(name);
    try {
      const result = await executeChild<(input: Input) => Promise<Result>>(workflow, {
        workflowId: stepWorkflowId(this.ref, options.part ? `${name}/${options.part}` : name),
        args: [input] as never,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: options.says ?? STEPS[name].message,
      });
      if (options.continues) this.status.rest(name);
      else this.complete(name);
      return result;
    } catch (error) {
      this.fail(name, error);
      throw error;
    }
  }

  together = together;

  /** Registers what will have to be undone, durably and before the deed: from then on an unwind, also one after a crash, does it. */
  async undoable<Result>(owed: 'quiesceOwed' | 'restoreOwed', deed: () => Promise<Result>): Promise<Result> {
    await unfailing('Record what an unwind has to undo').recordFacts({ run: this.ref, facts: { [owed]: true } });
    return deed();
  }

  /** From the deed's first effect on the source stays down; so it is not interrupted by a cancel, and not begun after one. */
  async commit<Result>(deed: () => Promise<Result>): Promise<Result> {
    // The step before may have ended well although it was asked to cancel.
    if (this.isCanceled) throw new CancelledFailure('Canceled before the commit point');
    this.pastCommitPoint = true;
    return CancellationScope.nonCancellable(deed);
  }

  /** The commit point when nothing is started by us: recorded before Restore begins. */
  async committed(): Promise<void> {
    await unfailing('Record the commit point').recordFacts({
      run: this.ref,
      facts: { commitPoint: new Date().toISOString() },
    });
  }

  /** A step whose failure no longer changes where the application runs: it becomes a warning. */
  async tidy<Input>(name: StepName, workflow: (input: Input) => Promise<unknown>, input: Input): Promise<void> {
    try {
      await this.step(name, workflow, input);
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.status.warn({ type: 'HelpersLeft', reason: name, message: failureText(failureReport(error)) });
    }
  }

  /** What went less than well without failing the run. */
  report(found: { copy?: string[]; backup?: string[]; restore?: string[]; unhealthy?: string[] }): void {
    const warn = (type: string, lines: string[] = []): void => {
      if (lines.length > 0) this.status.warn({ type, message: lines.join(' ') });
    };
    warn('VolumeCopyWarnings', found.copy);
    warn('VeleroInitialBackupPartiallyFailed', found.backup);
    warn('VeleroFinalRestorePartiallyFailed', found.restore);
    warn('UnhealthyNamespaces', found.unhealthy);
    this.publish();
  }

  enter(itinerary: Itinerary): void {
    this.status.enter(itinerary);
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.itinerary, value: itinerary },
      { key: SEARCH_ATTRIBUTES.needsAttention, value: itinerary === ITINERARY.Failed },
    ]);
    this.publish();
  }

  begin(name: StepName): void {
    this.status.begin(name);
    this.publish();
  }

  complete(name: StepName, message?: string): void {
    this.status.complete(name, message);
    this.publish();
  }

  skip(name: StepName): void {
    this.status.skip(name);
    this.publish();
  }

  fail(name: StepName, error: unknown): void {
    this.status.failStep(name, isCancellation(error) ? 'Canceled' : failureReport(error).what);
    this.publish();
  }

  publish(): void {
    const snapshot = this.status.snapshot();
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.phase, value: String(snapshot.phase) }]);
    setCurrentDetails(pipelineMarkdown(this.status));
    this.writer.changed();
  }

  /** Resolves when the status as it stands is in the database. */
  async close(): Promise<void> {
    this.publish();
    await this.writer.close();
  }

  /** Shows why the run has not begun yet, in place of what was shown before. */
  private holdBack(findings: readonly ConditionFinding[]): void {
    this.status.clear(...this.heldBackBy.map(({ type }) => type));
    this.status.set(...findings);
    this.heldBackBy = findings;
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
      this.writer.changed();
    });
  }
}

const pipelineMarkdown = (status: MigrationStatus): string =>
  status.pipeline
    .map((entry) => {
      const mark = entry.failed ? '✗' : entry.completed ? '✓' : entry.skipped ? '–' : entry.started ? '▸' : ' ';
      return `- ${mark} **${entry.name}** ${entry.message ?? ''}`;
    })
    .join('\n');
