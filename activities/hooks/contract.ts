import type { HookPhase, RunRef } from '../../resources/run/run-record.js';

export interface HookInput {
  run: RunRef;
  phase: HookPhase;
}

/** One hook of a run: a Job of ours in the plan's execution namespace. */
export interface HookActivities {
  /** Makes the ConfigMap with the playbook and the Job, once; a hook that an earlier attempt saw succeed after the commit point is not run again. */
  startHook(input: HookInput): Promise<{ job?: string }>;
  /**
   * Resolves when the Job has succeeded. Its pods' logs and events are kept with the migration, whatever the outcome.
   *
   * @throws StepFailure HookFailed: the back-off is spent, the deadline has passed, the image cannot be pulled, the Job was deleted
   */
  waitForHook(input: HookInput & { job: string }): Promise<void>;
  /** Removes Job, pods and ConfigMap and waits until they are gone. */
  removeHook(input: HookInput): Promise<void>;
}
