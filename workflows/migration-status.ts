import {
  CATEGORY,
  type Condition,
  type ConditionCategory,
  type ConditionFinding,
  mergeConditions,
} from '../resources/conditions.js';
import { type FailureReport, failureText } from '../resources/failure.js';
import { ITINERARY, type Itinerary, type RunItinerary } from '../resources/run-record.js';

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

export const STEPS = {
  Prepare: { phase: 'Prepare', message: 'Freezing the plan and preparing both clusters.' },
  Backup: { phase: 'InitialBackupCreated', message: 'Backing up the objects of the source namespaces.' },
  StageBackup: {
    phase: 'EnsureSrcQuiesced',
    message: 'Halting the source applications and waiting for their pods to end.',
  },
  DirectVolume: { phase: 'WaitForDirectVolumeMigrationToComplete', message: 'Copying volumes from pod to pod.' },
  Restore: {
    phase: 'FinalRestoreCreated',
    message: 'Restoring the objects on the target and starting the application there.',
  },
  PreBackupHooks: { phase: 'PreBackupHooks', message: 'Running the hook before the backup.' },
  PostBackupHooks: { phase: 'PostBackupHooks', message: 'Running the hook after the backup.' },
  PreRestoreHooks: { phase: 'PreRestoreHooks', message: 'Running the hook before the restore.' },
  PostRestoreHooks: { phase: 'PostRestoreHooks', message: 'Running the hook after the restore.' },
  Verification: { phase: 'Verification', message: 'Checking that the application is healthy on the target.' },
  CleanupMigrated: { phase: 'DeleteMigrated', message: 'Removing from the target what the plan brought there.' },
  CleanupVelero: { phase: 'DeleteRestores', message: 'Making sure nothing restored runs on the target.' },
  CleanupUnquiesce: { phase: 'UnQuiesceSrcApplications', message: 'Starting the source applications again.' },
  CleanupHelpers: { phase: 'DeleteDirectVolumeMigrationResources', message: 'Removing the helpers of this run.' },
  Cleanup: { phase: 'Cleanup', message: 'Removing the helpers of this run.' },
} as const;
export type StepName = keyof typeof STEPS;

/** What differs between the kinds whose runs have such a status. */
export interface StatusWords {
  steps: Record<StepName, { phase: string; message: string }>;
  /** Category of the condition Failed. */
  failed: ConditionCategory;
}
const MIGRATION_WORDS: StatusWords = { steps: STEPS, failed: CATEGORY.Advisory };

/** MTC's pipeline order, fixed; a step that runs beside others does not change its place. */
const PIPELINES: Record<Itinerary, StepName[]> = {
  Stage: ['Prepare', 'DirectVolume', 'Cleanup'],
  Final: ['Prepare', 'Backup', 'StageBackup', 'DirectVolume', 'Restore', 'Cleanup'],
  State: ['Prepare', 'StageBackup', 'DirectVolume', 'Cleanup'],
  Conversion: ['Prepare', 'StageBackup', 'DirectVolume', 'Cleanup'],
  Rollback: ['Prepare', 'CleanupVelero', 'CleanupHelpers', 'CleanupMigrated', 'CleanupUnquiesce', 'Cleanup'],
  Cancel: ['CleanupVelero', 'CleanupUnquiesce', 'CleanupHelpers'],
  Failed: ['CleanupVelero', 'CleanupUnquiesce', 'CleanupHelpers'],
};

/** What an MTC user reads in MigMigration.status: built by the root workflow, its only writer. */
export class MigrationStatus {
  itinerary: Itinerary;
  readonly pipeline: PipelineEntry[] = [];
  /** Steps between two of their parts. */
  private readonly resting = new Set<StepName>();
  private conditions: Condition[] = [];
  private readonly errors: string[] = [];
  private readonly startTimestamp: string;
  private completionTimestamp?: string;
  private outcome?: string;

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

  begin(name: StepName): void {
    const entry = this.entry(name);
    entry.started ??= now();
    entry.completed = undefined;
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

  set(...findings: ConditionFinding[]): void {
    const others = this.conditions
      .filter((condition) => !findings.some((finding) => finding.type === condition.type))
      .map(({ lastTransitionTime: _, ...finding }) => finding);
    this.conditions = mergeConditions(this.conditions, [...others, ...findings], now());
  }

  clear(...types: string[]): void {
    this.conditions = this.conditions.filter((condition) => !types.includes(condition.type));
  }

  warn(warning: { type: string; reason?: string; message: string }): void {
    this.set({ ...warning, category: CATEGORY.Warn, durable: true });
  }

  get hasWarnings(): boolean {
    return this.conditions.some((condition) => condition.category === CATEGORY.Warn);
  }

  fail(report: FailureReport, aftermath: string): void {
    this.errors.push(failureText(report));
    this.end('Failed', `${failureText(report)} ${aftermath}`);
  }

  /** The last condition, and the phase Completed as MTC has it for every end. */
  end(type: 'Succeeded' | 'SucceededWithWarnings' | 'Failed' | 'Canceled', message: string): void {
    const reason = type === 'Canceled' ? ITINERARY.Cancel : (this.oldestRunning()?.phase ?? 'Completed');
    this.clear('Running', 'Canceling', 'Postponed');
    this.skipUnstarted();
    this.set({
      type,
      category: type === 'Failed' ? this.words.failed : CATEGORY.Advisory,
      reason: type === 'Failed' ? reason : 'Completed',
      message,
      durable: true,
    });
    this.completionTimestamp = now();
    this.outcome = 'Completed';
  }

  /** The status object as it stands now. */
  snapshot(): Record<string, unknown> {
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

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
