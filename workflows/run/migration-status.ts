import { UNWIND_BLOCKED } from '../../resources/kinds/retry.js';
import {
  CATEGORY,
  type Condition,
  type ConditionCategory,
  type ConditionFinding,
  type ConditionType,
  mergeConditions,
} from '../../resources/meta/conditions.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import type { Itinerary, RunItinerary, RunSummary, RunWarning } from '../../resources/run/run-record.js';
import { PIPELINES, pipelineOf, STEPS, type StepName } from '../../resources/run/steps.js';

/** One entry of `status.pipeline`, with MTC's fields. Progress lines are written by activities and kept by the store. */
export interface PipelineEntry {
  name: StepName;
  phase?: string;
  message?: string;
  started?: string;
  completed?: string;
  failed?: boolean;
  skipped?: boolean;
}

/** What differs between the kinds whose runs have such a status. */
export interface StatusWords {
  steps: Record<StepName, { phase: string; message: string }>;
  /** Category of the condition Failed. */
  failed: ConditionCategory;
}
const MIGRATION_WORDS: StatusWords = { steps: STEPS, failed: CATEGORY.Advisory };

/**
 * What an MTC user reads in MigMigration.status: the root workflow builds and writes it, each time with a higher revision. The progress of
 * steps and what they wait for is written into it by activities, and what asks for a retry by the API; neither is lost by a write of the root.
 */
export class MigrationStatus {
  itinerary: Itinerary;
  readonly pipeline: PipelineEntry[] = [];
  /** Steps between two of their parts. */
  private readonly resting = new Set<StepName>();
  private conditions: Condition[] = [];
  private errors: readonly string[] = [];
  /** Of the step the run failed in. */
  private failedPhase?: string;
  private readonly startTimestamp: string;
  private completionTimestamp?: string;
  private outcome?: string;
  private kept?: Record<string, unknown>;
  /** Since when nothing of the application runs on either side, and until when that was. */
  private down?: { since: string; until?: string };
  /** Pods that did not become healthy, in MTC's shape. */
  unhealthyResources?: unknown;

  constructor(
    itinerary: RunItinerary,
    private readonly words = MIGRATION_WORDS,
  ) {
    this.itinerary = itinerary;
    this.startTimestamp = now();
    this.enter(itinerary);
  }

  /** Adds the steps of an itinerary; steps of the former one that never began are marked skipped. */
  enter(itinerary: Itinerary): void {
    this.skipUnstarted();
    for (const name of this.resting) this.entry(name).message = 'Not finished';
    this.itinerary = itinerary;
    this.pipeline.push(...PIPELINES[itinerary].map((name): PipelineEntry => ({ name, message: 'Not started' })));
  }

  /** What Prepare found the run to be: its steps; those that have already begun stay as they are. */
  shape(summary: Pick<RunSummary, 'itinerary' | 'hooks' | 'verify'>): void {
    this.itinerary = summary.itinerary;
    const known = [...this.pipeline];
    const entries = pipelineOf(summary).map(
      (name): PipelineEntry => known.find((entry) => entry.name === name) ?? { name, message: 'Not started' },
    );
    this.pipeline.splice(0, known.length, ...entries);
  }

  begin(name: StepName): void {
    const entry = this.entry(name);
    entry.started ??= now();
    entry.completed = undefined;
    entry.failed = undefined;
    Object.assign(entry, this.words.steps[name]);
    this.resting.delete(name);
  }

  /** A part of the step has ended and another will follow. */
  rest(name: StepName): void {
    this.resting.add(name);
  }

  complete(name: StepName, message = 'Completed'): void {
    const entry = this.entry(name);
    entry.completed = now();
    entry.message = message;
  }

  failStep(name: StepName, message: string): void {
    const entry = this.entry(name);
    entry.completed = now();
    entry.failed = true;
    entry.message = message;
  }

  skip(name: StepName): void {
    this.entry(name).skipped = true;
  }

  /** The application is down from now on. */
  markDown(): void {
    this.down ??= { since: now() };
  }

  /** The application runs again, wherever that is. */
  markUp(): void {
    if (this.down !== undefined) this.down.until ??= now();
  }

  get downSince(): string | undefined {
    return this.down?.until === undefined ? this.down?.since : undefined;
  }

  set(...findings: ConditionFinding[]): void {
    const others = this.conditions
      .filter((condition) => !findings.some((finding) => finding.type === condition.type))
      .map(({ lastTransitionTime: _, ...finding }) => finding);
    this.conditions = mergeConditions(this.conditions, [...others, ...findings], now());
  }

  clear(...types: ConditionType[]): void {
    this.conditions = this.conditions.filter((condition) => !types.includes(condition.type));
  }

  warn(warning: RunWarning): void {
    this.set({ ...warning, category: CATEGORY.Warn, durable: true });
  }

  /** From when its failure is known. */
  get hasFailed(): boolean {
    return this.itinerary === 'Failed';
  }

  get hasWarnings(): boolean {
    return this.conditions.some((condition) => condition.category === CATEGORY.Warn);
  }

  /**
   * What the run has failed with, shown from before it is unwound; {@link end} tells it again with what became of the application.
   *
   * @param step where, if it was a step that failed; else it is the one that was under way
   */
  fail(errors: readonly string[], step?: StepName): void {
    this.errors = errors;
    this.failedPhase = step ? this.words.steps[step].phase : this.oldestRunning()?.phase;
    this.set({
      type: 'Unwinding',
      category: CATEGORY.Advisory,
      reason: this.failedPhase ?? 'Failed',
      message: `${errors.join(' ')} What has been done is being undone.`,
      durable: true,
    });
  }

  /** The last condition, and the phase Completed as MTC has it for every end. */
  end(type: 'Succeeded' | 'SucceededWithWarnings' | 'Failed' | 'Canceled', message: string): void {
    const reason = { Failed: this.failedPhase ?? 'Failed', Canceled: 'Cancel' };
    this.clear('Running', 'Canceling', 'Postponed', 'CredentialsRejected', 'Paused', 'Unwinding', UNWIND_BLOCKED);
    this.skipUnstarted();
    this.set({
      type,
      category: type === 'Failed' ? this.words.failed : CATEGORY.Advisory,
      reason: type === 'Failed' || type === 'Canceled' ? reason[type] : 'Completed',
      message: type === 'Failed' ? [...this.errors, message].join(' ') : message,
      durable: true,
    });
    this.completionTimestamp = now();
    this.outcome = 'Completed';
  }

  /** The status that another workflow of the run had ended with is the one to show, as it was. */
  keep(ended: Record<string, unknown>): void {
    this.kept = ended;
  }

  /** The pipeline for the Temporal UI. */
  get markdown(): string {
    return this.pipeline.map((entry) => `- ${markOf(entry)} **${entry.name}** ${entry.message ?? ''}`).join('\n');
  }

  /** The status object as it stands now. */
  snapshot(): Record<string, unknown> {
    return this.kept ?? this.built();
  }

  protected built(): Record<string, unknown> {
    const phase = this.outcome ?? this.oldestRunning()?.phase ?? 'Created';
    if (this.outcome === undefined) {
      const done = this.pipeline.filter((entry) => entry.completed !== undefined || entry.skipped).length;
      this.set({
        type: 'Running',
        category: CATEGORY.Advisory,
        reason: phase,
        message: `Step: ${Math.min(done + 1, this.pipeline.length)}/${this.pipeline.length}`,
      });
    }
    return {
      phase,
      itinerary: this.itinerary,
      startTimestamp: this.startTimestamp,
      completionTimestamp: this.completionTimestamp,
      conditions: this.conditions,
      errors: this.errors.length > 0 ? this.errors : undefined,
      applicationDownSince: this.down?.since,
      applicationUpSince: this.down?.until,
      unhealthyResources: this.unhealthyResources,
      pipeline: this.pipeline.map((entry) => ({ ...entry })),
    };
  }

  /** The phase shown is the one of the step that began first of those still running; of one that rests only when nothing else runs. */
  private oldestRunning(): PipelineEntry | undefined {
    const open = this.pipeline
      .filter((entry) => entry.started !== undefined && entry.completed === undefined)
      .sort((a, b) => (a.started ?? '').localeCompare(b.started ?? ''));
    return open.find(({ name }) => !this.resting.has(name)) ?? open[0];
  }

  private skipUnstarted(): void {
    for (const entry of this.pipeline) {
      if (entry.started === undefined) {
        entry.skipped = true;
        entry.message = 'Skipped';
      }
    }
  }

  /** The newest entry of that name: an unwind may repeat one. */
  private entry(name: StepName): PipelineEntry {
    const entry = this.pipeline.findLast((candidate) => candidate.name === name);
    if (entry === undefined) throw new Error(`The itinerary ${this.itinerary} has no step ${name}`);
    return entry;
  }
}

function markOf({ failed, completed, skipped, started }: PipelineEntry): string {
  if (failed) return '✗';
  if (completed) return '✓';
  if (skipped) return '–';
  return started ? '▸' : ' ';
}

const now = (): string => wholeSeconds(new Date());
