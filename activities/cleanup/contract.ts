import type { RunRef } from '../../resources/run/run-record.js';

export interface CleanupActivities {
  /**
   * Removes every object labelled as this run's helper in both clusters and waits until none is left. Logs and events of helper pods are
   * kept.
   */
  sweepHelpers(input: { run: RunRef }): Promise<{ removed: number }>;
  /** Of a run that did not succeed: records what it made on the target and could not report, so that a rollback removes it. */
  recordMade(input: { run: RunRef }): Promise<void>;
  /** After success: reclaim policy of the target volumes put back if the plan says so; annotations of a stage removed. */
  settleTarget(input: { run: RunRef }): Promise<void>;
}
