import { defineSignal } from '@temporalio/workflow';
import type { ConditionFinding } from '../../resources/meta/conditions.js';

/** To a reconciler: its object, or something it refers to, changed. Cancelling a migration needs no signal: it is Temporal's cancel. */
export const objectChanged = defineSignal('objectChanged');

/** To a migration that waits for its turn: its place in the plan's queue, as the operator reads it. */
export const postponed = defineSignal<[message: string]>('postponed');

/** To a run that cannot begin yet: what must be fixed before it does, in place of what it was told before. */
export const blocked = defineSignal<[findings: readonly ConditionFinding[]]>('blocked');

/** To a paused migration: continue with the step that failed. The count grows with each request, so that one delivered twice is one. */
export const resume = defineSignal<[count: number]>('resume');

/** To a run: one of its activities, identified by any text, is held up by something only the operator can fix, e.g. rejected credentials. */
export const attention = defineSignal<[message: string, activity: string]>('attention');

/** To a run: what held that activity up is fixed. */
export const attentionOver = defineSignal<[activity: string]>('attentionOver');

/** Memo of a run's root: the activities that it shows as held up. */
export const HELD_UP = 'heldUp';

const AGAIN = '+';

/** Id of an activity that is begun again because the time of the one before ran out while it was held up. */
export const idOfSuccessor = (activityId: string): string => `${sameActivity(activityId)}${AGAIN}`;

export const isBegunAgain = (activityId: string): boolean => activityId.endsWith(AGAIN);

/** The id without that mark. */
export const sameActivity = (activityId: string): string =>
  isBegunAgain(activityId) ? activityId.slice(0, -AGAIN.length) : activityId;
