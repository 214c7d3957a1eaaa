import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';
import { reconcile } from './reconcile.js';

/** Keeps the conditions of one MigCluster true. */
export const checkCluster = (input: ReconcileInput): Promise<void> =>
  reconcile(input, (object) => deed(`Check cluster ${object.name}`).checkCluster(object));
