import { type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import type { KeptHistory } from './histories.js';

export type WorkflowBundle = NonNullable<ReplayWorkerOptions['workflowBundle']>;

/**
 * Replays histories with the workflow code there is: what was decided once must be decided again. One worker does them all.
 *
 * @throws Error naming the workflows that are not deterministic
 */
export async function expectDeterministic(
  workflowBundle: WorkflowBundle,
  histories: Iterable<Pick<KeptHistory, 'workflowId' | 'history'>>,
): Promise<void> {
  const failures: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    if (error) failures.push(`${workflowId}: ${error.message}`);
  }
  if (failures.length > 0) throw new Error(`Not deterministic when replayed:\n${failures.join('\n')}`);
}
