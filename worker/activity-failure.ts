import type { Context } from '@temporalio/activity';
import { toApplicationFailure } from '../activities/kit/failure-mapping.js';
import type { Activities } from '../workflows/kit/activities.js';

/** While these have not ended, an application is down: no server makes us wait with them. */
const UNWINDING: readonly (keyof Activities)[] = [
  'waitForRestoreIdle',
  'confirmTargetDown',
  'haltTarget',
  'swapClaims',
  'unquiesceSource',
];

/** What Temporal hears of an activity's error. */
export const activityFailure = ({ info }: Pick<Context, 'info'>, error: unknown): Error =>
  toApplicationFailure(error, { unwinds: UNWINDING.some((name) => name === info.activityType) });
