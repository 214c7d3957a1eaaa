import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';
import { reconcile } from './reconcile.js';

/** Keeps the conditions and the discovered volumes of one MigPlan true. */
export const reconcilePlan = (input: ReconcileInput): Promise<void> =>
  reconcile(input, (object) => deed(`Reconcile plan ${object.name}`).reconcilePlan(object));
