import { executeChild, isCancellation, ParentClosePolicy, setHandler } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import type { HookPhase, RunRef } from '../../resources/run/run-record.js';
import { STEPS, type StepName } from '../../resources/run/steps.js';
import { resume } from '../../temporal/contract/messages.js';
import { stepWorkflowId } from '../../temporal/contract/workflow-ids.js';
import type { RetryObserver } from '../kit/retry-until-done.js';
import { together } from '../kit/together.js';
import { CommittingRun } from './committing-run.js';
import { failureReport } from './failure-report.js';
import type { MigrationStatus } from './migration-status.js';
import { Obstacles } from './obstacles.js';
import { Pauses } from './pauses.js';
import { runHook } from './run-hook.js';

interface StepOptions {
  part?: string;
  continues?: boolean;
  /** What the Temporal UI calls it. */
  says?: string;
  /** False where a failure is answered in another way than by waiting for the operator. */
  pausesOnFailure?: boolean;
}

/** What an itinerary is written with: steps, branches side by side, hooks; and, from below, undo, commit point and status. */
export class MigrationRun extends CommittingRun {
  private readonly pauses = new Pauses(this);
  /** Shows what an unwind fails with at the moment. */
  readonly obstacles: RetryObserver = new Obstacles(this, this.pauses);

  constructor(ref: RunRef, status: MigrationStatus, revision?: number) {
    super(ref, status, revision);
    setHandler(resume, (count) => this.pauses.resume(count));
  }

  /**
   * One pipeline step as a child workflow of its own. `part` tells two parts of one step apart: the pipeline shows them as one entry,
   * which is complete when a part without `continues` ends. Where the plan says so, a failing step waits for the operator and is started
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
    return pausesOnFailure ? this.pausable(name, run) : run(false);
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

  /** Work of the root itself on a step that is shown already; paused and started again like a step. */
  pausable<Result>(name: StepName, work: (again: boolean) => Promise<Result>): Promise<Result> {
    return this.pauses.pausable(name, work);
  }

  /** A step whose failure no longer changes where the application runs: it becomes a warning. */
  async tidy<Input>(name: StepName, workflow: (input: Input) => Promise<unknown>, input: Input): Promise<void> {
    try {
      await this.step(name, workflow, input, { pausesOnFailure: false });
      // What a hook could not remove is gone too.
      this.status.clear('HelpersLeft');
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.status.warn({ type: 'HelpersLeft', reason: name, message: failureText(failureReport(error)) });
    }
  }

  /** The plan's hook of a phase, if it has one. If it may fail, its failure becomes a warning. */
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

  /** Runs work that must not hold up what follows; its failure is thrown when the result is asked for. */
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
}
