import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { toApplicationFailure } from '../activities/failure-mapping.js';
import { hasPulse } from '../activities/pulse.js';

const BEAT_MS = 1_000;

/** Around every activity: a heartbeat each second, so that a dead worker is noticed in five, and failures as the operator reads them. */
export function activityInterceptor(context: Context): ActivityInterceptors {
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      const timer = setInterval(() => {
        if (!hasPulse(context)) context.heartbeat();
      }, BEAT_MS);
      try {
        return await next(input);
      } catch (error) {
        throw toApplicationFailure(error);
      } finally {
        clearInterval(timer);
      }
    },
  };
  return { inbound };
}
