import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { type HookRun, hookTitle } from './hook-run.js';

/** @param next what to do, when it differs from the usual advice */
export const hookFailed = (
  { hook, where }: HookRun,
  why: string,
  next = `Read the log of the migration, fix the hook, and start the migration again; spec.onFailure: Ignore of MigHook ${hook.name} turns this failure into a warning.`,
): StepFailure => new StepFailure({ type: FAILURE.HookFailed, what: `${hookTitle(hook)} failed`, where, why, next });

/** A refusal of the cluster (quota, policy, webhook, permission) is the hook's failure; what may pass is thrown as it is. */
export async function asHookFailure<Result>(hookRun: HookRun, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.retryable || error.code === 401) throw error;
    throw hookFailed(
      hookRun,
      error.message,
      'Fix what the message names (quota, policy, permission), then start the migration again.',
    );
  }
}
