import type { RunRef } from '../../resources/run/run-record.js';

export interface CleanupActivities {
  /**
   * Removes every object labelled as this run's helper in both clusters and waits until none is left. Logs and events of helper pods are
   * kept. Records what the run made on the target and could not tell of.
   */
  sweepHelpers(input: { run: RunRef }): Promise<{ removed: number }>;
  /** After success: reclaim policy of the target volumes put back if the plan says so; annotations of a stage removed. */
  settleTarget(input: { run: RunRef }): Promise<void>;
}
