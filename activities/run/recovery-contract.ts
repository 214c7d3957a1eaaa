import type { RunRef } from '../../resources/run/run-record.js';

export interface RecoveryActivities {
  /** Cancels what is still open of a run whose root workflow is gone, and resolves when its step workflows are all closed. */
  settleSteps(input: { run: RunRef }): Promise<{ settled: number }>;
}
