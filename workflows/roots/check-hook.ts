import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { deed } from '../kit/activities.js';
import { reconcile } from './reconcile.js';

/** Keeps the conditions of one MigHook true. */
export const checkHook = (input: ReconcileInput): Promise<void> =>
  reconcile(input, (object) => deed(`Check hook ${object.name}`).checkHook(object));
