export interface ObjectInput {
  namespace: string;
  name: string;
}

/** What a check concluded; the activity has written the status itself (conditional on the uid). */
export interface CheckOutcome {
  /** False when the object is no longer there: the reconciler ends. */
  exists: boolean;
  ready: boolean;
}

export interface CheckActivities {
  checkCluster(input: ObjectInput): Promise<CheckOutcome>;
  checkHook(input: ObjectInput): Promise<CheckOutcome>;
  checkStorage(input: ObjectInput): Promise<CheckOutcome>;
  reconcilePlan(input: ObjectInput): Promise<CheckOutcome>;
}
