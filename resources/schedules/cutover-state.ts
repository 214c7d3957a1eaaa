import type { CutoverStatus, MigSchedule } from '../kinds/mig-schedule.js';
import { cutoverInstant } from '../kinds/validate.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { conditionsOf, hasCondition } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { wholeSeconds } from '../meta/time.js';
import { hasEnded, hasSucceeded } from './scheduled-migration.js';

/** For a cutover that was started right before its deadline and has not been recorded yet. */
const SLACK_MS = 30_000;

const deadlineOf = ({ spec }: MigSchedule, at: Date): number => at.getTime() + spec.startingDeadlineSeconds * 1_000;

/** How far the planned cutover is; undefined when none is planned. */
export function cutoverState(
  schedule: MigSchedule,
  migrations: readonly KubeObject[],
  now: Date,
): CutoverStatus | undefined {
  const at = cutoverInstant(schedule)?.at;
  if (at === undefined) return undefined;
  const before = schedule.status?.cutover;
  const planned: CutoverStatus = { at: wholeSeconds(at), state: 'Planned' };
  if (before?.at !== planned.at) return planned;
  if (before.migration !== undefined) return { ...before, state: stateOf(before, migrations) };
  return now.getTime() > deadlineOf(schedule, at) + SLACK_MS ? { ...planned, state: 'Missed' } : planned;
}

function stateOf({ state, migration: name }: CutoverStatus, migrations: readonly KubeObject[]): CutoverStatus['state'] {
  const migration = migrations.find(({ metadata }) => metadata.name === name);
  // Recorded before it is made, and kept when it was deleted later.
  if (!migration) return state;
  // One that failed may have been retried.
  if (!hasEnded(migration)) return 'Running';
  if (hasSucceeded(migration)) return 'Succeeded';
  return hasCondition(conditionsOf(migration), 'Canceled') ? 'Canceled' : 'Failed';
}

/** Whether its time has come while it may still start. */
export const isDue = (schedule: MigSchedule, { at, state }: CutoverStatus, now: Date): boolean =>
  state === 'Planned' && new Date(at) <= now && now.getTime() <= deadlineOf(schedule, new Date(at));

export function cutoverFindings({ at, state, migration }: CutoverStatus): ConditionFinding[] {
  if (state === 'Missed') {
    const message = `The cutover planned for ${at} did not start: the schedule was suspended, or the service was down, until its startingDeadlineSeconds had passed. Set spec.cutover.at to a time in the future.`;
    return [warn('CutoverMissed', undefined, message)];
  }
  if (state !== 'Failed' && state !== 'Canceled') return [];
  const message = `The cutover of ${at} did not succeed; see MigMigration ${migration}. Set spec.cutover.at to a time in the future to try again.`;
  return [warn('CutoverFailed', state, message)];
}
