import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';
import { reconcile } from './reconcile.js';

/** Keeps the conditions of one MigStorage true. */
export const checkStorage = (input: ReconcileInput): Promise<void> =>
  reconcile(input, (object) => deed(`Check replication repository ${object.name}`).checkStorage(object));
