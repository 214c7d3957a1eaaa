import type { Client } from '@temporalio/client';
import { type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { MigMigration, MigPlan, MigSchedule } from '../../resources/kinds/index.js';
import type { CutoverStatus } from '../../resources/kinds/mig-schedule.js';
import { type ConditionFinding, conditionsOf, hasCondition } from '../../resources/meta/conditions.js';
import { critical, warn } from '../../resources/meta/findings.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { cutoverFindings, cutoverState, isDue } from '../../resources/schedules/cutover-state.js';
import {
  beyondLimits,
  copiesAhead,
  hasEnded,
  hasSucceeded,
  scheduledAt,
} from '../../resources/schedules/scheduled-migration.js';
import { suspensionOf } from '../../resources/schedules/suspension.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import { cutoverScheduleId, scheduleId } from '../../temporal/contract/workflow-ids.js';
import { checkObject, type Inspection } from '../records/check-object.js';
import { planMigrations } from '../records/plan-migrations.js';
import { passOnRunRequest, takeRunRequest } from './run-requests.js';
import { findPlan, migrationsOf } from './schedule-objects.js';
import { ensureSchedule, makeUpFor, removeSchedule, ScheduleRefused } from './temporal-schedules.js';
import { wantedCutover, wantedStages } from './wanted-schedules.js';

/** Brings Temporal's Schedules in line with a MigSchedule, and its status in line with them and with its migrations. */
export async function reconcileSchedule(
  store: MigrationStore,
  client: Client,
  input: ObjectInput,
): Promise<CheckOutcome> {
  await takeRunRequest(store, input);
  const outcome = await checkObject<MigSchedule>(store, 'MigSchedule', input, (schedule) =>
    inspect(store, client, schedule),
  );
  if (!outcome.exists) {
    await removeSchedule(client, scheduleId(input.namespace, input.name));
    await removeSchedule(client, cutoverScheduleId(input.namespace, input.name));
  }
  return outcome;
}

async function inspect(store: MigrationStore, client: Client, schedule: MigSchedule): Promise<Inspection> {
  const [plan, migrations] = await Promise.all([findPlan(store, schedule), migrationsOf(store, schedule)]);
  const cutover = cutoverState(schedule, migrations, new Date());
  const suspension = plan && suspensionOf(schedule, plan, await planMigrations(store, plan));
  const findings = [
    ...(plan ? planFindings(plan) : [planMissing(schedule)]),
    ...(suspension ? [suspension] : []),
    ...(cutover ? cutoverFindings(cutover) : []),
  ];
  const paused = plan ? suspension?.message : 'There is no such plan.';
  const kept = await keepSchedules(client, schedule, { cutover, paused }).catch(whyRefused);
  const refused = 'refused' in kept ? kept.refused : undefined;
  await passOnRunRequest(store, client, { schedule, migrations, paused: paused ?? refused?.message });
  await prune(store, schedule, migrations);
  return {
    findings: refused ? [...findings, refused] : findings,
    status: {
      ...whatRan(schedule, migrations),
      nextScheduleTime: 'next' in kept ? kept.next : undefined,
      cutover,
      runRequest: undefined,
    },
  };
}

interface Circumstances {
  cutover: CutoverStatus | undefined;
  /** Why nothing may start, if nothing may. */
  paused: string | undefined;
}

/** Both Temporal Schedules as they should be; says when the next stage migration starts. */
async function keepSchedules(
  client: Client,
  schedule: MigSchedule,
  { cutover, paused }: Circumstances,
): Promise<{ next?: string }> {
  const { namespace = '', name } = schedule.metadata;
  if (cutover?.state === 'Planned') {
    const at = new Date(cutover.at);
    const wanted = wantedCutover(schedule, at, paused);
    await ensureSchedule(client, wanted);
    // Made, moved or unsuspended too late to fire by itself, perhaps while this was done. If it did fire, this finds its workflow.
    if (paused === undefined && isDue(schedule, cutover, new Date())) await makeUpFor(client, wanted.scheduleId, at);
  } else {
    await removeSchedule(client, cutoverScheduleId(namespace, name));
  }
  if (schedule.spec.schedule === undefined) {
    await removeSchedule(client, scheduleId(namespace, name));
    return {};
  }
  const wanted = wantedStages(schedule, schedule.spec.schedule, paused);
  const { info } = await ensureSchedule(client, wanted);
  const [next] = info.nextActionTimes;
  return { next: next && paused === undefined ? wholeSeconds(next) : undefined };
}

function whyRefused(error: unknown): { refused: ConditionFinding } {
  if (!(error instanceof ScheduleRefused)) throw error;
  const message = `Temporal rejects the schedule: ${error.message}. Correct spec.schedule or spec.timeZone.`;
  return { refused: critical('InvalidSchedule', 'Refused', message) };
}

function planMissing({ spec }: MigSchedule): ConditionFinding {
  const { namespace, name } = spec.migPlanRef ?? {};
  return critical(
    'InvalidPlanRef',
    'NotFound',
    `There is no MigPlan ${namespace}/${name}, which spec.migPlanRef names. Create it; until then nothing is started.`,
  );
}

function planFindings(plan: MigPlan): ConditionFinding[] {
  if (plan.spec.closed || hasCondition(conditionsOf(plan), 'Ready')) return [];
  const message = `MigPlan ${plan.metadata.name} is not Ready: a migration that starts now fails. See its conditions.`;
  return [warn('PlanNotReady', undefined, message)];
}

/** What was seen once stays, even when the history limits have removed its migration. */
function whatRan(schedule: MigSchedule, migrations: readonly MigMigration[]): Record<string, unknown> {
  const stages = migrations.filter((migration) => copiesAhead(schedule, migration));
  const succeeded = stages.filter((migration) => hasEnded(migration) && hasSucceeded(migration));
  return {
    lastScheduleTime: newest([schedule.status?.lastScheduleTime, ...stages.map(scheduledAt)]),
    lastSuccessfulTime: newest([schedule.status?.lastSuccessfulTime, ...succeeded.map(endOf)]),
    active: migrations
      .filter((migration) => !hasEnded(migration))
      .map(({ metadata }) => metadata.name)
      .sort(),
  };
}

const endOf = (migration: MigMigration): string | undefined =>
  conditionsOf(migration).find(({ type }) => type.startsWith('Succeeded'))?.lastTransitionTime;

const newest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);

async function prune(
  { resources }: MigrationStore,
  schedule: MigSchedule,
  migrations: readonly MigMigration[],
): Promise<void> {
  for (const { kind, metadata } of beyondLimits(schedule, migrations)) {
    const { namespace = '', name, uid } = metadata;
    await resources.remove({ kind, namespace, name }, { actor: SYSTEM_ACTOR, uid });
  }
}
