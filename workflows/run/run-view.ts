import {
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import {
  CATEGORY,
  type ConditionCategory,
  type ConditionFinding,
  type ConditionType,
} from '../../resources/meta/conditions.js';
import type {
  Itinerary,
  RunRef,
  RunSummary,
  RunWarning,
  StepSummary,
  VolumeLabel,
} from '../../resources/run/run-record.js';
import type { StepName } from '../../resources/run/steps.js';
import { attention, attentionOver, blocked, HELD_UP, postponed } from '../../temporal/contract/messages.js';
import { SEARCH_ATTRIBUTES } from '../../temporal/contract/search-attributes.js';
import { failureReport } from './failure-report.js';
import type { MigrationStatus } from './migration-status.js';
import { StatusWriter } from './status-writer.js';

/** Lines for the operator, by what they are about. */
export interface Findings {
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

/** What users see of a run: its status, its search attributes, its details in the Temporal UI. */
export class RunView {
  private readonly writer: StatusWriter;
  private prepared?: StepSummary;
  /** Of the run; given to the steps that copy them alone. */
  volumes: readonly VolumeLabel[] = [];
  private blockers: readonly ConditionFinding[] = [];
  /** Activities that wait for credentials, with what the operator reads about each. */
  private readonly rejectedCredentials = new Map<string, string>();
  private shownRejection?: string;
  private shownPhase?: string;
  /** The step that each failure came from. */
  private readonly failedSteps = new Map<unknown, StepName>();

  /** @param revision after which the revisions of its status begin, when it is not the first to write this attempt's */
  constructor(
    readonly ref: RunRef,
    readonly status: MigrationStatus,
    revision?: number,
  ) {
    this.writer = new StatusWriter(ref, status, revision);
    setHandler(postponed, (message) => {
      this.showBlockers([{ type: 'Postponed', category: CATEGORY.Advisory, message, durable: true }]);
      this.publish();
    });
    setHandler(blocked, (findings) => {
      this.showBlockers(findings);
      this.publish();
    });
    setHandler(attention, (message, activity) => {
      if (this.rejectedCredentials.get(activity) === message) return;
      this.rejectedCredentials.set(activity, message);
      this.showRejectedCredentials();
    });
    setHandler(attentionOver, (activity) => {
      if (this.rejectedCredentials.delete(activity)) this.showRejectedCredentials();
    });
  }

  get summary(): StepSummary {
    if (this.prepared === undefined) throw new Error('Prepare has not run');
    return this.prepared;
  }

  /** Seconds a failing step waits for the operator; undefined when it does not. */
  get pauseLimitSeconds(): number | undefined {
    return this.prepared?.pauseLimitSeconds;
  }

  /** After Prepare: what the run is about, in the status and in Temporal's search attributes. */
  onPrepared({ volumes, ...summary }: RunSummary): void {
    this.prepared = summary;
    this.volumes = volumes;
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

  /** Problems that do not fail the run, and what the operator should know of it. */
  report(found: Findings): void {
    const tell = (type: ConditionType, category: ConditionCategory, lines: string[] = []): void => {
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

  /** Whether the operator should look. */
  needsAttention(value: boolean): void {
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.needsAttention, value }]);
  }

  enter(itinerary: Itinerary): void {
    this.status.enter(itinerary);
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.itinerary, value: itinerary },
      { key: SEARCH_ATTRIBUTES.needsAttention, value: this.status.hasFailed },
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
    this.failedSteps.set(error, name);
    this.status.failStep(name, isCancellation(error) ? 'Canceled' : failureReport(error).what);
    this.publish();
  }

  stepFailedWith(error: unknown): StepName | undefined {
    return this.failedSteps.get(error);
  }

  publish(): void {
    const phase = String(this.status.snapshot().phase);
    if (phase !== this.shownPhase) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.phase, value: phase }]);
    this.shownPhase = phase;
    setCurrentDetails(this.status.markdown);
    this.changed();
  }

  /** The status is written, with what else changes until then. */
  protected changed(): void {
    this.writer.changed();
  }

  /** Resolves when the status as it stands is in the database. */
  async close(): Promise<void> {
    this.publish();
    await this.writer.close();
  }

  private showRejectedCredentials(): void {
    const [message] = this.rejectedCredentials.values();
    upsertMemo({ [HELD_UP]: [...this.rejectedCredentials.keys()] });
    // Many activities wait for the same token: what is shown already is not published again.
    if (message === this.shownRejection) return;
    this.shownRejection = message;
    if (message === undefined) this.status.clear('CredentialsRejected');
    else this.status.set({ type: 'CredentialsRejected', category: CATEGORY.Warn, reason: 'NeedsAttention', message });
    this.needsAttention(message !== undefined);
    this.publish();
  }

  /** Shows why the run has not started yet, in place of what was shown before. */
  private showBlockers(findings: readonly ConditionFinding[]): void {
    this.status.clear(...this.blockers.map(({ type }) => type));
    this.status.set(...findings);
    this.blockers = findings;
  }
}
