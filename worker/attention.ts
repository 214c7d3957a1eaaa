import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { signalRoot } from '../activities/kit/signal-root.js';
import { FAILURE, type FailureReport, failureText } from '../resources/meta/failure.js';
import type { RunRef } from '../resources/run/run-record.js';
import { attention, attentionOver } from '../temporal/contract/messages.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { migrationWorkflowId } from '../temporal/contract/workflow-ids.js';
import { activityFailure } from './activity-failure.js';

/** What lasts for minutes is looked at again this often: the signal may have been lost, or that of another activity been taken back. */
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

/**
 * Tells a run's root workflow that one of its activities waits for new credentials, and that they have come. A run that shows that the
 * operator should look is not told again: many activities may wait for the same credentials, for days. Whether an activity waited is read
 * from Temporal, since its next attempt may run in another process.
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
    return `${workflowExecution?.workflowId} ${activityId}`;
  }

  async succeeded(): Promise<void> {
    if (await this.wasHeldUp()) await this.tell(() => signalRoot(this.run, attentionOver, this.activity));
  }

  async failed(error: Error): Promise<void> {
    if (!isRejection(error)) return this.succeeded();
    const { attempt } = this.context.info;
    if (attempt % TELL_AGAIN_ATTEMPTS !== 0 && (await this.wasHeldUp())) return;
    if (await this.runShowsIt()) return;
    const [report] = error.details as [FailureReport];
    await this.tell(() => signalRoot(this.run, attention, failureText(report), this.activity));
  }

  /** Whether the previous attempt failed because of missing credentials. */
  private async wasHeldUp(): Promise<boolean> {
    const { attempt, activityId, workflowExecution } = this.context.info;
    if (attempt === 1 || !workflowExecution) return false;
    const { workflowId, runId } = workflowExecution;
    const type = await this.tell(async () => {
      const { raw } = await this.context.client.workflow.getHandle(workflowId, runId).describe();
      const pending = raw.pendingActivities?.find((activity) => activity.activityId === activityId);
      return pending?.lastFailure?.applicationFailureInfo?.type;
    });
    return type === FAILURE.CredentialsRejected;
  }

  /** Whether the run says that the operator should look: each signal more would stay in its history, and there may be many for days. */
  private async runShowsIt(): Promise<boolean> {
    const shown = await this.tell(async () => {
      const root = await this.context.client.workflow.getHandle(migrationWorkflowId(this.run)).describe();
      return root.typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention);
    });
    return shown === true;
  }

  /** Telling the operator must not change the outcome of the activity. */
  private async tell<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      this.context.log.warn('The run could not be told whether it needs attention', { error });
      return undefined;
    }
  }
}

const isRejection = (error: Error): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === FAILURE.CredentialsRejected;
