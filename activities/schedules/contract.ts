import type { RunRef } from '../../resources/run-record.js';

/** What a MigSchedule makes happen. */
export interface ScheduleActivities {
  /** Brings Temporal's Schedules in line with the MigSchedule, and its conditions and next times in line with them. */
  reconcileSchedule(input: { namespace: string; name: string }): Promise<{ exists: boolean; ready: boolean }>;
  /** Makes the MigMigration of one time, once, named by schedule and time. Undefined when the MigSchedule is gone or says otherwise by now. */
  createScheduledMigration(input: {
    schedule: { namespace: string; name: string; uid: string };
    /** RFC 3339: the time the action was scheduled for. */
    at: string;
    cutover: boolean;
  }): Promise<{ migration?: Omit<RunRef, 'attempt'> }>;
  /** Until that migration has ended or is gone; then removes what the history limits no longer keep. */
  waitForScheduledMigration(input: {
    schedule: { namespace: string; name: string; uid: string };
    migration: Omit<RunRef, 'attempt'>;
  }): Promise<{ succeeded: boolean }>;
}
