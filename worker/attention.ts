import type { Context } from '@temporalio/activity';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { signalRoot } from '../activities/kit/signal-root.js';
import { FAILURE, type FailureReport, failureText } from '../resources/meta/failure.js';
import type { RunRef } from '../resources/run/run-record.js';
import { attention, attentionOver, HELD_UP, isBegunAgain, sameActivity } from '../temporal/contract/messages.js';
import { migrationWorkflowId, recoverWorkflowId } from '../temporal/contract/workflow-ids.js';
import { activityFailure } from './activity-failure.js';

/** What lasts for minutes is looked at again this often: a signal may have been lost, or the activity that spoke for all waits no longer. */
const TELL_AGAIN_ATTEMPTS = 30;

/** Around every activity of a run: signals its root workflow while credentials are missing. */
export const attentionInterceptor = (context: Context): ActivityInterceptors => ({
  inbound: {
    async execute(input, next) {
      const attention = Attention.of(context, input.args);
      try {
        const result = await next(input);
        await attention?.succeeded();
        return result;
      } catch (error) {
        const failure = activityFailure(context, error);
        await attention?.failed(failure);
        throw failure;
      }
    },
  },
});

/** Roots that this process is telling, or has just told: many activities may be refused in one moment. */
const telling = new Map<string, Promise<void>>();
const JUST_TOLD_MS = 10_000;

/**
 * Tells a run's root workflow that one of its activities waits for new credentials, and that they have come. One activity speaks for all:
 * many may wait for the same credentials, for days, and each signal stays in the run's history. When that one no longer waits, another that
 * does is heard within minutes. Whether an activity waited is read from Temporal, since its next attempt may run in another process.
 */
class Attention {
  private constructor(
    private readonly context: Context,
    private readonly run: RunRef,
  ) {}

  /** Undefined for what no run does. */
  static of(context: Context, [input]: readonly unknown[]): Attention | undefined {
    const run = (input as { run?: RunRef } | undefined)?.run;
    return run?.uid ? new Attention(context, run) : undefined;
  }

  /** What tells it from the other activities of the run. */
  private get activity(): string {
    const { workflowExecution, activityId } = this.context.info;
    return `${workflowExecution?.workflowId} ${sameActivity(activityId)}`;
  }

  async succeeded(): Promise<void> {
    if (!(await this.wasHeldUp())) return;
    await this.tell(async () => {
      if ((await this.heldUp()).includes(this.activity)) await signalRoot(this.run, attentionOver, this.activity);
    });
  }

  async failed(error: Error): Promise<void> {
    if (isBenign(error)) return;
    if (!isRejection(error)) return this.succeeded();
    const { attempt } = this.context.info;
    if (attempt % TELL_AGAIN_ATTEMPTS !== 0 && (await this.wasHeldUp())) return;
    const [report] = error.details as [FailureReport];
    const root = migrationWorkflowId(this.run);
    let told = telling.get(root);
    if (told === undefined) {
      told = this.tell(async () => {
        if ((await this.heldUp()).length === 0) {
          await signalRoot(this.run, attention, failureText(report), this.activity);
        }
      });
      telling.set(root, told);
      setTimeout(() => telling.delete(root), JUST_TOLD_MS).unref();
    }
    await told;
  }

  /** Whether the previous attempt failed because of missing credentials. */
  private async wasHeldUp(): Promise<boolean> {
    const { attempt, activityId, workflowExecution } = this.context.info;
    if (!workflowExecution) return false;
    if (attempt === 1) return isBegunAgain(activityId);
    const { workflowId, runId } = workflowExecution;
    let type: string | null | undefined;
    await this.tell(async () => {
      const { raw } = await this.context.client.workflow.getHandle(workflowId, runId).describe();
      const pending = raw.pendingActivities?.find((activity) => activity.activityId === activityId);
      type = pending?.lastFailure?.applicationFailureInfo?.type;
    });
    return type === FAILURE.CredentialsRejected;
  }

  /** The activities that the run shows as held up. */
  private async heldUp(): Promise<readonly string[]> {
    const { workflow } = this.context.client;
    let root: WorkflowExecutionDescription | undefined;
    for (const id of [migrationWorkflowId(this.run), recoverWorkflowId(this.run)]) {
      root = await workflow.getHandle(id).describe();
      if (root.status.name === 'RUNNING') break;
    }
    return (root?.memo?.[HELD_UP] as readonly string[] | undefined) ?? [];
  }

  /** Telling the operator must not change the outcome of the activity. */
  private async tell(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.context.log.warn('The run could not be told whether it needs attention', { error });
    }
  }
}

/** It waits for its turn. */
const isBenign = (error: Error): boolean =>
  error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;

const isRejection = (error: Error): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === FAILURE.CredentialsRejected;
