import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import type { Logger } from 'pino';
import { hasPulse } from '../activities/kit/pulse.js';
import { stepsOfActivity } from '../activities/kit/steps-of-activity.js';
import { reportWaitsTo, statusReporter } from '../activities/kit/wait-reports.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import type { RunRef } from '../resources/run/run-record.js';
import { activityFailure } from './activity-failure.js';

const BEAT_MS = 1_000;

/**
 * Around every activity: a heartbeat each second, so that a dead worker is noticed in five, failures in the form the operator reads, and a
 * place in the run's status for what it waits for.
 */
export const activityInterceptor = (
  { statuses }: Pick<MigrationStore, 'statuses'>,
  logger: Logger,
): ((context: Context) => ActivityInterceptors) => {
  const reportWaits = (context: Context, [input]: unknown[]): void => {
    const run = (input as { run?: RunRef } | undefined)?.run;
    if (run === undefined) return;
    const { activityType: name, workflowExecution } = context.info;
    const steps = stepsOfActivity(run, { workflowId: workflowExecution?.workflowId ?? '', name });
    reportWaitsTo(context, statusReporter({ statuses, logger }, run, steps));
  };
  return (context) => ({ inbound: inboundOf(context, reportWaits) });
};

function inboundOf(
  context: Context,
  reportWaits: (context: Context, args: unknown[]) => void,
): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      reportWaits(context, input.args);
      const timer = setInterval(() => {
        if (!hasPulse(context)) context.heartbeat();
      }, BEAT_MS);
      try {
        return await next(input);
      } catch (error) {
        throw activityFailure(context, error);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
