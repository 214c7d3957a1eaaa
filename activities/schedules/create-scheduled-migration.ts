import {
  isGoneOrReplaced,
  type MigrationStore,
  StoreError,
  SYSTEM_ACTOR,
} from '../../migrations-db/migration-store.js';
import { type MigMigration, migMigration } from '../../resources/kinds/mig-migration.js';
import type { CutoverStatus, MigSchedule } from '../../resources/kinds/mig-schedule.js';
import { newObject } from '../../resources/kinds/new-object.js';
import { cutoverInstant } from '../../resources/kinds/validate.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { identityOf as objectIdentity } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { refuseAfterCutover } from '../../resources/plan/admission.js';
import { hasEnded, scheduledAt, scheduledMigrationOf } from '../../resources/schedules/scheduled-migration.js';
import { suspensionOf } from '../../resources/schedules/suspension.js';
import type { ScheduleRef } from '../../temporal/contract/inputs.js';
import { planMigrations } from '../records/plan-migrations.js';
import type { ScheduleActivities, ScheduledRun } from './contract.js';
import { findPlan, findSchedule, migrationsOf } from './schedule-objects.js';
import { settleCutover } from './settle-cutover.js';

type Input = Parameters<ScheduleActivities['createScheduledMigration']>[0];

/** Makes the migration of one action, unless the schedule or its plan say otherwise by now. A repeated call finds the one it made. */
export async function createScheduledMigration(
  store: MigrationStore,
  input: Input,
): Promise<{ migration: ScheduledRun } | { leftOut: string }> {
  const { cutover } = input;
  const at = new Date(input.at);
  const schedule = await findSchedule(store, input.schedule);
  if (!schedule) return { leftOut: 'The MigSchedule is gone.' };
  const object = newObject(migMigration, scheduledMigrationOf(schedule, at, cutover)) as MigMigration;
  const made = await findMade(store, object);
  if (made) return { migration: made };

  const leftOut =
    (await planForbids(store, schedule)) ?? (cutover ? undefined : await stageForbidden(store, schedule, at));
  if (leftOut !== undefined) {
    // An earlier call may have claimed it and not come to make the migration.
    if (cutover) await settleCutover(store, input.schedule, object.metadata.name, 'Failed');
    return { leftOut };
  }
  if (cutover && !(await claimCutover(store, input.schedule, at, object.metadata.name))) {
    return { leftOut: 'The cutover is now planned for another time, or not at all.' };
  }
  const migration = await create(store, object);
  if (migration) return { migration };
  const refusal = nameTaken(object);
  if (!cutover) throw refusal;
  await settleCutover(store, input.schedule, object.metadata.name, 'Failed');
  return { leftOut: refusal.message };
}

async function planForbids(store: MigrationStore, schedule: MigSchedule): Promise<string | undefined> {
  const plan = await findPlan(store, schedule);
  if (!plan) return 'The MigPlan is gone.';
  const others = await planMigrations(store, plan);
  const [refusal] = refuseAfterCutover(plan, others);
  return suspensionOf(schedule, plan, others)?.message ?? refusal?.message;
}

/**
 * Copying in advance has no use once the cutover is due, and would hold it up. One that was retried still runs although the action that made
 * it is over, so that Temporal's overlap policy does not see it.
 */
async function stageForbidden(store: MigrationStore, schedule: MigSchedule, at: Date): Promise<string | undefined> {
  if (!schedule.spec.schedule) return 'spec.schedule is not set any more.';
  const running = (await migrationsOf(store, schedule)).find((migration) => !hasEnded(migration));
  if (running) return `MigMigration ${running.metadata.name} of the schedule has not ended.`;
  const cutover = cutoverInstant(schedule)?.at;
  const state = schedule.status?.cutover?.state ?? 'Planned';
  const due = cutover !== undefined && cutover <= at && ['Planned', 'Running'].includes(state);
  return due ? `The cutover of ${wholeSeconds(cutover)} is due.` : undefined;
}

/** From here on the cutover cannot be edited. False when it was edited before: what Temporal fired for is no longer wanted. */
async function claimCutover(
  { resources }: MigrationStore,
  { namespace, name, uid }: ScheduleRef,
  at: Date,
  migration: string,
): Promise<boolean> {
  let claimed = false;
  const claim = (current: KubeObject): KubeObject => {
    claimed = !current.spec.suspend && cutoverInstant(current)?.at.getTime() === at.getTime();
    const started: CutoverStatus = { at: wholeSeconds(at), state: 'Running', migration };
    return claimed ? { ...current, status: { ...current.status, cutover: started } } : current;
  };
  try {
    await resources.update({ kind: 'MigSchedule', namespace, name }, claim, { actor: SYSTEM_ACTOR, uid });
  } catch (error) {
    if (!isGoneOrReplaced(error)) throw error;
    return false;
  }
  return claimed;
}

/** Undefined when its name is taken. */
async function create(store: MigrationStore, object: KubeObject): Promise<ScheduledRun | undefined> {
  try {
    return identityOf(await store.resources.create(object, { actor: SYSTEM_ACTOR }));
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'AlreadyExists')) throw error;
  }
  return findMade(store, object);
}

/** The migration of this action, made by an earlier call. */
async function findMade({ resources }: MigrationStore, object: KubeObject): Promise<ScheduledRun | undefined> {
  const { namespace = '', name } = object.metadata;
  const found = await resources.get({ kind: object.kind, namespace, name });
  return found && scheduledAt(found) === scheduledAt(object) ? identityOf(found) : undefined;
}

const identityOf = (object: KubeObject): ScheduledRun => ({ kind: 'MigMigration', ...objectIdentity(object) });

const nameTaken = ({ metadata }: KubeObject): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: 'The scheduled migration cannot be created',
    where: `MigMigration ${metadata.namespace}/${metadata.name}`,
    why: 'There is already one of this name that the schedule did not create for this time.',
    next: 'Delete or rename it; the next scheduled migration has another name.',
  });
