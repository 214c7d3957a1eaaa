import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';

export interface CheckActivities {
  checkCluster(input: ObjectInput): Promise<CheckOutcome>;
  checkHook(input: ObjectInput): Promise<CheckOutcome>;
  checkStorage(input: ObjectInput): Promise<CheckOutcome>;
  reconcilePlan(input: ObjectInput): Promise<CheckOutcome>;
}
