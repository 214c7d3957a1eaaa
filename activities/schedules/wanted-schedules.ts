import { MONTHS, type ScheduleOptions, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import { readCron } from '../../resources/kinds/cron.js';
import type { MigSchedule } from '../../resources/kinds/mig-schedule.js';
import { shortHash } from '../../resources/run/names.js';
import type { ScheduledMigrationInput } from '../../temporal/contract/inputs.js';
import { SEARCH_ATTRIBUTES } from '../../temporal/contract/search-attributes.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { cutoverScheduleId, scheduledWorkflowId, scheduleId } from '../../temporal/contract/workflow-ids.js';

/** A Temporal Schedule as a MigSchedule wants it. The note distinguishes one wanted state from another, and says why it is paused. */
export type WantedSchedule = ScheduleOptions & { state: { paused: boolean; note: string; remainingActions?: number } };

/** A workflow task that a dead worker held is given to the next one after this. */
const WORKFLOW_TASK_TIMEOUT = '5 seconds';

/** @param paused why nothing may start, if nothing may */
export const wantedStages = (schedule: MigSchedule, cron: string, paused: string | undefined): WantedSchedule =>
  wanted(schedule, { cronExpressions: readCron(cron), timezone: schedule.spec.timeZone }, { cutover: false, paused });

/** Fires once. */
export function wantedCutover(schedule: MigSchedule, at: Date, paused: string | undefined): WantedSchedule {
  const calendar = {
    year: at.getUTCFullYear(),
    month: MONTHS[at.getUTCMonth()],
    dayOfMonth: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
  return wanted(schedule, { calendars: [calendar] }, { cutover: true, paused });
}

function wanted(
  { metadata, spec }: MigSchedule,
  times: ScheduleSpec,
  { cutover, paused }: { cutover: boolean; paused: string | undefined },
): WantedSchedule {
  const { namespace = '', name, uid = '' } = metadata;
  const plan = spec.migPlanRef?.name ?? '';
  const input: ScheduledMigrationInput = { schedule: { namespace, name, uid }, cutover };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'scheduledMigration',
    workflowId: scheduledWorkflowId(namespace, name, cutover),
    taskQueue: TASK_QUEUES.control,
    args: [input],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    staticSummary: `${cutover ? 'Planned cutover' : 'Stage migration'} of plan ${plan} by MigSchedule ${name}`,
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: spec.startingDeadlineSeconds * 1_000 };
  const digest = shortHash(JSON.stringify([times, action, policies]));
  return {
    scheduleId: (cutover ? cutoverScheduleId : scheduleId)(namespace, name),
    spec: times,
    action: { ...action, typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.plan, value: plan }] },
    policies,
    state: {
      paused: paused !== undefined,
      note: `MigSchedule ${namespace}/${name} (${digest})${paused === undefined ? '' : `: ${paused}`}`,
      ...(cutover && { remainingActions: 1 }),
    },
  };
}
