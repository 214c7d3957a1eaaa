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
import { UNWIND_BLOCKED } from '../../resources/kinds/retry.js';
import { CATEGORY, type ConditionCategory, type ConditionFinding } from '../../resources/meta/conditions.js';
import { failureText } from '../../resources/meta/failure.js';
import {
  type HookPhase,
  ITINERARY,
  type Itinerary,
  type RunRef,
  type RunSummary,
  type RunWarning,
} from '../../resources/run/run-record.js';
import { STEPS, type StepName } from '../../resources/run/steps.js';
import { attention, attentionOver, blocked, postponed, resume } from '../../temporal/contract/messages.js';
import { SEARCH_ATTRIBUTES } from '../../temporal/contract/search-attributes.js';
import { stepWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { unboundedActivity } from '../kit/activities.js';
import type { RetryObserver } from '../kit/retry-until-done.js';
import { together } from '../kit/together.js';
import { failureReport } from './failure-report.js';
import type { MigrationStatus } from './migration-status.js';
import { Pauses, retryCommand } from './pauses.js';
import { runHook } from './run-hook.js';
import { StatusWriter } from './status-writer.js';

interface StepOptions {
  part?: string;
  continues?: boolean;
  /** What the Temporal UI calls it. */
  says?: string;
  /** False where a failure is answered in another way than by waiting for the operator. */
  pausesOnFailure?: boolean;
}

/** Lines for the operator, by what they are about. */
interface Findings {
  copy?: string[];
  backup?: string[];
  restore?: string[];
  /** References to former claims that could not be swapped. */
  swap?: string[];
  unhealthy?: string[];
  /** What a rollback left on the target, and why. */
  kept?: string[];
  /** Writes on the target that a rollback gave up. */
  discarded?: string[];
}

/** What an itinerary is written with: steps, branches side by side, the undo that is owed, the commit point. */
export class MigrationRun {
  private readonly writer: StatusWriter;
  private prepared?: RunSummary;
  private blockers: readonly ConditionFinding[] = [];
  /** Activities that wait for credentials, with what the operator reads about each. */
  private readonly rejectedCredentials = new Map<string, string>();
  private pastCommitPoint = false;
  /** What an unwind fails with at the moment. */
  private obstacle?: string;
  private readonly pauses = new Pauses(this);
  /** The step that each failure came from. */
  private readonly failedSteps = new Map<unknown, StepName>();
  cancelRequested = false;

  /** @param revision after which the revisions of its status begin, where it isn't the first to write this attempt's */
  constructor(
    readonly ref: RunRef,
    readonly status: MigrationStatus,
    revision?: number,
  ) {
    this.writer = new StatusWriter(ref, status, revision);
    this.announceCancel();
    setHandler(postponed, (message) => {
      this.showBlockers([{ type: 'Postponed', category: CATEGORY.Advisory, message, durable: true }]);
      this.publish();
    });
    setHandler(attention, (message, activity) => {
      this.rejectedCredentials.set(activity, message);
      this.showRejectedCredentials();
    });
    setHandler(attentionOver, (activity) => {
      this.rejectedCredentials.delete(activity);
      this.showRejectedCredentials();
    });
    setHandler(resume, (count) => this.pauses.resume(count));
    setHandler(blocked, (findings) => {
      this.showBlockers(findings);
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

  /** Seconds a failing step waits for the operator; undefined when it does not. */
  get pauseLimitSeconds(): number | undefined {
    return this.prepared?.pauseLimitSeconds;
  }

  /** After Prepare: what the run is about, in the status and in Temporal's search attributes. */
  onPrepared(summary: RunSummary): void {
    this.prepared = summary;
    this.pastCommitPoint = summary.resume !== undefined;
    this.status.shape(summary);
    this.showBlockers([]);
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
   * which is complete when a part without `continues` ends. Where the plan says so, a failing step waits for the operator and is begun
   * again.
   */
  async step<Input, Result>(
    name: StepName,
    workflow: (input: Input) => Promise<Result>,
    input: Input,
    options: StepOptions = {},
  ): Promise<Result> {
    const { pausesOnFailure = true } = options;
    const run = (again: boolean) => this.stepOnce(name, workflow, again ? { ...input, again } : input, options);
    return pausesOnFailure ? this.pauses.pausable(name, run) : run(false);
  }

  private async stepOnce<Input, Result>(
    name: StepName,
    workflow: (input: Input) => Promise<Result>,
    input: Input,
    { part, continues, says }: StepOptions,
  ): Promise<Result> {
    this.begin(name);
    try {
      const result = await executeChild<(input: Input) => Promise<Result>>(workflow, {
        workflowId: stepWorkflowId(this.ref, part ? `${name}/${part}` : name),
        args: [input] as never,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: says ?? STEPS[name].message,
      });
      if (continues) this.status.rest(name);
      else this.complete(name);
      return result;
    } catch (error) {
      this.fail(name, error);
      throw error;
    }
  }

  /** Work of the root itself on a step that is shown already; paused and begun again like a step. */
  pausable = <Result>(name: StepName, work: () => Promise<Result>): Promise<Result> => this.pauses.pausable(name, work);

  /** The plan's hook of a phase, if it has one. One that may fail makes a warning of its failure. */
  async hooks(...phases: HookPhase[]): Promise<void> {
    for (const phase of phases) {
      const hook = this.summary.hooks?.find((candidate) => candidate.phase === phase);
      if (hook === undefined) continue;
      const mayFail = hook.onFailure === 'Ignore';
      try {
        const input = { summary: this.summary, hook };
        const ended = await this.step(`${phase}Hooks`, runHook, input, { pausesOnFailure: !mayFail });
        this.warn(ended.warnings);
      } catch (error) {
        if (!mayFail || isCancellation(error)) throw error;
        this.status.warn({ type: 'HookFailed', reason: phase, message: failureText(failureReport(error)) });
      }
    }
  }

  together = together;

  /** Registers what will have to be undone, durably and before it is done: from then on an unwind, also one after a crash, undoes it. */
  async undoable<Result>(
    owed: 'quiesceOwed' | 'swapOwed' | 'restoreOwed',
    work: () => Promise<Result>,
  ): Promise<Result> {
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

  /** Whether a cancel came, and what was to commit has failed before its first effect. */
  private async canStillBeCanceled(): Promise<boolean> {
    // A rollback has no commit point that would be recorded.
    if (!this.cancelRequested || this.summary.itinerary === ITINERARY.Rollback) return false;
    const recorded = await unboundedActivity('See whether the commit point was passed').readRun({ run: this.ref });
    this.pastCommitPoint = recorded?.facts.commitPoint !== undefined;
    return this.isCanceled;
  }

  /** The commit point when nothing is started by us: recorded before Restore begins. */
  async committed(): Promise<void> {
    await unboundedActivity('Record the commit point').recordFacts({
      run: this.ref,
      facts: { commitPoint: new Date().toISOString() },
    });
  }

  /** A step whose failure no longer changes where the application runs: it becomes a warning. */
  async tidy<Input>(name: StepName, workflow: (input: Input) => Promise<unknown>, input: Input): Promise<void> {
    try {
      await this.step(name, workflow, input, { pausesOnFailure: false });
      // What a hook had to leave is gone too.
      this.status.clear('HelpersLeft');
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.status.warn({ type: 'HelpersLeft', reason: name, message: failureText(failureReport(error)) });
    }
  }

  /** Does what must not hold up what follows; its failure is thrown when the result is asked for. */
  async deferFailure<Result>(work: () => Promise<Result>): Promise<() => Result> {
    try {
      const result = await work();
      return () => result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return () => {
        throw error;
      };
    }
  }

  /** What went less than well without failing the run, and what the operator should know of it. */
  report(found: Findings): void {
    const tell = (type: string, category: ConditionCategory, lines: string[] = []): void => {
      if (lines.length > 0) this.status.set({ type, category, message: lines.join(' '), durable: true });
    };
    tell('VolumeCopyWarnings', CATEGORY.Warn, found.copy);
    tell('VeleroInitialBackupPartiallyFailed', CATEGORY.Warn, found.backup);
    tell('VeleroFinalRestorePartiallyFailed', CATEGORY.Warn, found.restore);
    tell('ClaimReferencesLeft', CATEGORY.Warn, found.swap);
    tell('UnhealthyNamespaces', CATEGORY.Warn, found.unhealthy);
    tell('KeptOnTarget', CATEGORY.Warn, found.kept);
    tell('DiscardedOnTarget', CATEGORY.Advisory, found.discarded);
    this.publish();
  }

  /** Durable warnings that an activity came back with. */
  warn(warnings: readonly RunWarning[] = []): void {
    if (warnings.length === 0) return;
    for (const warning of warnings) this.status.warn(warning);
    this.publish();
  }

  /** What stands in the way of an unwind. Told once for as long as it stays the same: the tries may be many. */
  readonly obstacles: RetryObserver = {
    onFailure: async (error, seconds) => {
      const { type, ...report } = failureReport(error);
      const text = failureText(report);
      if (text !== this.obstacle) {
        this.obstacle = text;
        const ask = this.ref.kind === 'MigMigration' ? `, and at once after: ${retryCommand(this.ref)}` : '.';
        const message = `${text} The unwind stops here until that is mended. It is tried again every two minutes${ask}`;
        this.status.set({ type: UNWIND_BLOCKED, category: CATEGORY.Warn, reason: type, message, durable: true });
        this.needsAttention(true);
        this.publish();
      }
      await this.pauses.untilAsked(seconds);
    },
    onRecovered: () => {
      if (this.obstacle === undefined) return;
      this.obstacle = undefined;
      this.status.clear(UNWIND_BLOCKED);
      this.needsAttention(this.status.itinerary === ITINERARY.Failed);
      this.publish();
    },
  };

  /** Whether somebody should look. */
  needsAttention(value: boolean): void {
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.needsAttention, value }]);
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

  stepFailedWith(error: unknown): StepName | undefined {
    return this.failedSteps.get(error);
  }

  fail(name: StepName, error: unknown): void {
    this.failedSteps.set(error, name);
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

  private showRejectedCredentials(): void {
    const [message] = this.rejectedCredentials.values();
    if (message === undefined) this.status.clear('CredentialsRejected');
    else this.status.set({ type: 'CredentialsRejected', category: CATEGORY.Warn, reason: 'NeedsAttention', message });
    this.needsAttention(message !== undefined);
    this.publish();
  }

  /** Shows why the run has not begun yet, in place of what was shown before. */
  private showBlockers(findings: readonly ConditionFinding[]): void {
    this.status.clear(...this.blockers.map(({ type }) => type));
    this.status.set(...findings);
    this.blockers = findings;
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

const canceledBeforeCommit = (): CancelledFailure => new CancelledFailure('Canceled before the commit point');

const pipelineMarkdown = (status: MigrationStatus): string =>
  status.pipeline
    .map((entry) => {
      const mark = entry.failed ? '✗' : entry.completed ? '✓' : entry.skipped ? '–' : entry.started ? '▸' : ' ';
      return `- ${mark} **${entry.name}** ${entry.message ?? ''}`;
    })
    .join('\n');
