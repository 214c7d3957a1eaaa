import type { RunRef } from '../../resources/run/run-record.js';
import type { CheckOutcome, ObjectInput, ScheduleRef } from '../../temporal/contract/inputs.js';

export type ScheduledRun = Omit<RunRef, 'attempt'>;

/** What a MigSchedule makes happen. */
export interface ScheduleActivities {
  /**
   * Brings Temporal's Schedules in line with the MigSchedule (removes them when it is gone), its status in line with them and with its
   * migrations, starts a run that was asked for, and removes the migrations that the history limits no longer keep.
   */
  reconcileSchedule(input: ObjectInput): Promise<CheckOutcome>;
  /** Makes the MigMigration of one time, once, named by schedule and time; or says why it makes none. */
  createScheduledMigration(input: {
    schedule: ScheduleRef;
    /** RFC 3339: the time the action was scheduled for. */
    at: string;
    cutover: boolean;
  }): Promise<{ migration: ScheduledRun } | { leftOut: string }>;
  /** Until that migration has ended or is gone; a cutover that was deleted is settled as canceled in its schedule. */
  waitForScheduledMigration(input: { migration: ScheduledRun; schedule: ScheduleRef }): Promise<{ succeeded: boolean }>;
}
