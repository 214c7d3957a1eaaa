import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';
import { reconcile } from './reconcile.js';

/** Keeps Temporal's Schedules and the status of one MigSchedule true. */
export const reconcileSchedule = (input: ReconcileInput): Promise<void> =>
  reconcile(input, (object) => deed(`Reconcile schedule ${object.name}`).reconcileSchedule(object));
