import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import { FAILURE } from '../../resources/meta/failure.js';
import { idOfSuccessor } from '../../temporal/contract/messages.js';

type Call = (...args: unknown[]) => Promise<unknown>;

/** Activities whose time limit does not count while they wait for new credentials, which nothing but the operator can give: such a one begins again. */
export const heldUpWithoutLimit = <Activities extends object>(options: ActivityOptions): Activities =>
  new Proxy({} as Activities, {
    get: (_, name) => {
      if (typeof name !== 'string') return undefined;
      const call = (activityId?: string) =>
        proxyActivities<Record<string, Call>>({ ...options, ...(activityId && { activityId }) })[name] as Call;
      return (...args: unknown[]) => untilAdmitted(call, args);
    },
  });

async function untilAdmitted(call: (activityId?: string) => Call, args: unknown[]): Promise<unknown> {
  for (let activityId: string | undefined; ; ) {
    try {
      return await call(activityId)(...args);
    } catch (error) {
      if (!wasHeldUp(error)) throw error;
      activityId = error.activityId && idOfSuccessor(error.activityId);
    }
  }
}

/** Its last attempt was refused for its credentials, which alone is never final: so its time ran out. */
function wasHeldUp(error: unknown): error is ActivityFailure {
  if (!(error instanceof ActivityFailure)) return false;
  const last = error.cause instanceof TimeoutFailure ? error.cause.cause : error.cause;
  return last instanceof ApplicationFailure && last.type === FAILURE.CredentialsRejected;
}
