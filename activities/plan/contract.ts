/** Which plan; its uid tells it from one that has taken its name. */
export interface PlanInput {
  namespace: string;
  name: string;
  uid: string;
}

export interface RemovalOutcome {
  removed: number;
  /** What stays, where, and why: one line for each cluster that could not be cleared. */
  errors: string[];
}

/** What the ended runs of a plan left in the clusters. A run that is still worked on is left alone. */
export interface LeftoverActivities {
  /**
   * Makes the sweep that was asked for, unless it is made already, and writes what came of it into the plan's status. A cluster that does
   * not answer within the patience is named there; it does not fail the sweep. `again` when another one was asked for since.
   */
  sweepPlan(input: { namespace: string; name: string }): Promise<{ again: boolean }>;
  /** Resolves when the migrations, which are removed before their deleted plan, are gone. */
  waitForMigrationsGone(input: PlanInput): Promise<void>;
  /** Of the plan's ended runs. Like what follows, refused while the plan is there and not being deleted. */
  removePlanHelpers(input: PlanInput): Promise<RemovalOutcome>;
  /** Removes the runs' Restores and Backups from both clusters, and what the bucket holds of them. */
  removePlanBackups(input: PlanInput): Promise<RemovalOutcome>;
  /** Lets the deleted plan go, with an Event about what stays in the clusters. */
  letPlanGo(input: PlanInput & { left: string[] }): Promise<void>;
}
