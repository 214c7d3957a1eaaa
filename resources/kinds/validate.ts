import { conditionsOf } from '../meta/conditions.js';
import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { wholeSeconds } from '../meta/time.js';
import { CronError, readCron } from './cron.js';
import { checkTimeZone, type Instant, readInstant, TimeError } from './local-time.js';

/** `-cutover-20261129-020040` is added to it, and a name has at most 253 characters. */
const LONGEST_NAME = 229;

export const RUN_NOW_FIELD = `metadata.annotations[${ANNOTATIONS.runNow}]`;

const wrong = (field: string, message: string, reason: FieldError['reason'] = 'FieldValueInvalid'): FieldError[] => [
  { field, reason, message },
];

/** The rules of a MigSchedule beyond its shape. */
export function validateSchedule(object: KubeObject, previous: KubeObject | undefined, now: Date): FieldError[] {
  const { schedule, timeZone, migPlanRef, cutover } = object.spec;
  const zoneErrors = attempt('spec.timeZone', () => checkTimeZone(timeZone));
  return [
    ...nameErrors(object),
    ...(migPlanRef ? [] : wrong('spec.migPlanRef', 'name the MigPlan that is migrated', 'FieldValueRequired')),
    ...(schedule || cutover
      ? []
      : wrong(
          'spec.schedule',
          'set schedule (a cron expression such as "0 */6 * * *"), cutover, or both',
          'FieldValueRequired',
        )),
    ...(schedule === undefined ? [] : attempt('spec.schedule', () => readCron(schedule))),
    ...zoneErrors,
    ...(zoneErrors.length > 0 ? [] : cutoverErrors(object, previous, now)),
    ...(previous ? planErrors(object, previous) : []),
    ...runNowErrors(object, previous),
  ];
}

const nameErrors = ({ metadata }: KubeObject): FieldError[] =>
  metadata.name.length > LONGEST_NAME
    ? wrong('metadata.name', `must have at most ${LONGEST_NAME} characters: the names of its migrations begin with it`)
    : [];

function attempt(field: string, read: () => unknown): FieldError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof CronError || error instanceof TimeError) return wrong(field, error.message);
    throw error;
  }
}

/** The cutover's instant; undefined without a cutover, or with one that cannot be read. */
export function cutoverInstant({ spec }: KubeObject): Instant | undefined {
  if (!spec.cutover) return undefined;
  try {
    return readInstant(spec.cutover.at, spec.timeZone);
  } catch (error) {
    if (error instanceof TimeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What is planned, however it is written. */
const intent = (object: KubeObject | undefined): string =>
  JSON.stringify([
    object && cutoverInstant(object)?.at,
    object?.spec.cutover?.quiescePods,
    object?.spec.cutover?.verify,
  ]);

function cutoverErrors(object: KubeObject, previous: KubeObject | undefined, now: Date): FieldError[] {
  const { cutover, timeZone } = object.spec;
  const unreadable = cutover ? attempt('spec.cutover.at', () => readInstant(cutover.at, timeZone)) : [];
  if (unreadable.length > 0) return unreadable;
  const { state, migration } = previous?.status?.cutover ?? {};
  if (intent(object) !== intent(previous) && state === 'Running') {
    const what = `the cutover has started (MigMigration ${migration}): it cannot be changed any more. Cancel that migration to stop it`;
    return wrong('spec.cutover', what, 'FieldValueForbidden');
  }
  if (intent(object) !== intent(previous) && state === 'Succeeded') {
    const what = `the cutover has taken place (MigMigration ${migration}): it cannot be changed any more. Create another MigSchedule to plan one again after a rollback`;
    return wrong('spec.cutover', what, 'FieldValueForbidden');
  }
  const at = cutoverInstant(object)?.at;
  const isNew = at?.getTime() !== (previous && cutoverInstant(previous)?.at.getTime());
  if (at === undefined || !isNew || at > now) return [];
  return wrong(
    'spec.cutover.at',
    `${wholeSeconds(at)} has passed (now: ${wholeSeconds(now)}); write a time in the future`,
  );
}

function planErrors(object: KubeObject, previous: KubeObject): FieldError[] {
  const { name, namespace } = object.spec.migPlanRef ?? {};
  const before = previous.spec.migPlanRef ?? {};
  if (name === before.name && namespace === before.namespace) return [];
  return wrong('spec.migPlanRef', 'cannot be changed; create a MigSchedule for the other plan', 'FieldValueForbidden');
}

function runNowErrors(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const wanted = object.metadata.annotations?.[ANNOTATIONS.runNow];
  if (wanted === undefined || wanted === previous?.metadata.annotations?.[ANNOTATIONS.runNow]) return [];
  const refusal = refuseRun(object, previous);
  return refusal === undefined ? [] : wrong(RUN_NOW_FIELD, refusal, 'FieldValueForbidden');
}

/** Reason of a suspension that spec.suspend asks for. */
export const BY_USER = 'SuspendedByUser';

/** Why a schedule cannot be run now; undefined when it can. */
export function refuseRun({ spec }: KubeObject, previous: KubeObject | undefined): string | undefined {
  if (!spec.schedule) return 'there is nothing to run: spec.schedule is not set';
  if (spec.suspend) return 'the schedule is suspended; set spec.suspend to false first';
  // What the user has just ended is in the conditions until the next look.
  const suspended = conditionsOf(previous).find(({ type, reason }) => type === 'Suspended' && reason !== BY_USER);
  return suspended && `the schedule is suspended. ${suspended.message}`;
}

/** What the sender should know of the cutover's time. */
export function scheduleWarnings(object: KubeObject): string[] {
  const instant = cutoverInstant(object);
  if (!instant?.again) return [];
  return [
    `spec.cutover.at ${object.spec.cutover.at} comes twice in ${object.spec.timeZone}; the first one, ${wholeSeconds(instant.at)}, is taken. Write ${wholeSeconds(instant.again)} for the other one.`,
  ];
}
