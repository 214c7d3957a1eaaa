import { z } from 'zod';
import { ageColumn, column, problemColumn, readyColumn } from '../meta/columns.js';
import { conditionsOf, hasCondition } from '../meta/conditions.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { migrationRef, timestamp } from '../meta/fields.js';
import type { KubeObject } from '../meta/kube-object.js';
import { commonStatus } from '../meta/status-fields.js';
import { runAs } from './mig-migration.js';
import { scheduleWarnings, validateSchedule } from './validate.js';

/** Characters; what is read of them takes time. */
const LONGEST_CRON = 1_000;
const LONGEST_ZONE = 64;

const cutover = z.strictObject({
  at: z
    .string()
    .describe(
      'When the cutover starts: local time in timeZone, 2026-11-29T02:00:00, or with an offset, 2026-11-29T01:00:00Z. Can be changed until then.',
    ),
  quiescePods: z
    .boolean()
    .default(true)
    .describe(
      'True to scale the application down on the source before the last copy. Without it later writes are lost.',
    ),
  verify: z.boolean().default(false).describe('True to check at the end that the migrated pods are healthy.'),
});

const spec = z
  .strictObject({
    migPlanRef: migrationRef('MigPlan').optional().describe('The plan that is run. Fixed at creation.'),
    schedule: z
      .string()
      .max(LONGEST_CRON)
      .optional()
      .describe(
        'When stage migrations start: a cron expression of five fields, e.g. "0 */6 * * *". May be absent when there is a cutover.',
      ),
    timeZone: z
      .string()
      .max(LONGEST_ZONE)
      .default('UTC')
      .describe('Time zone of schedule and cutover: a name of the IANA database, e.g. Europe/Berlin.'),
    suspend: z
      .boolean()
      .default(false)
      .describe('True to start no more migrations until it is false again. A migration that already runs continues.'),
    startingDeadlineSeconds: z
      .int()
      .min(10)
      .default(600)
      .describe(
        'How late a migration may still start, in seconds, when the service was down at its time. After that it is skipped.',
      ),
    overlap: z
      .enum(['Skip'])
      .default('Skip')
      .describe('What happens when a stage migration is due while the previous one still runs: it is skipped.'),
    successfulMigrationsHistoryLimit: z
      .int()
      .nonnegative()
      .default(3)
      .describe('How many of its stage migrations that succeeded are kept.'),
    failedMigrationsHistoryLimit: z
      .int()
      .nonnegative()
      .default(3)
      .describe('How many of its stage migrations that failed or were canceled are kept.'),
    cutover: cutover.optional().describe('The planned cutover, which starts once. Can be changed until it starts.'),
    migrateState: z
      .boolean()
      .default(false)
      .describe(
        'True to migrate the volumes only, ahead and in the cutover, for applications whose objects arrive by other means.',
      ),
    ...runAs,
  })
  .describe('Which plan is migrated, and when.');

/** `Missed`: the time passed while nothing could start. */
const CUTOVER_STATES = ['Planned', 'Running', 'Succeeded', 'Failed', 'Canceled', 'Missed'] as const;

const status = z
  .looseObject({
    ...commonStatus('MigSchedule'),
    lastScheduleTime: timestamp().optional().describe('Time of the last stage migration that was started.'),
    nextScheduleTime: timestamp().optional().describe('When the next stage migration starts.'),
    lastSuccessfulTime: timestamp().optional().describe('When a stage migration last succeeded.'),
    active: z.array(z.string()).optional().describe('Names of its migrations that have not ended.'),
    runRequest: z
      .looseObject({
        id: z.string().describe('Identity of the request.'),
        at: timestamp().describe('When it was taken on.'),
      })
      .optional()
      .describe('A run that was asked for and is about to start.'),
    cutover: z
      .looseObject({
        at: timestamp().describe('When the cutover starts, in UTC.'),
        state: z.enum(CUTOVER_STATES).describe(`How far the cutover is: ${CUTOVER_STATES.join(', ')}.`),
        migration: z.string().optional().describe('The MigMigration it became.'),
      })
      .optional()
      .describe('The planned cutover.'),
  })
  .describe('What has run, and what comes next.');

export type MigSchedule = Resource<typeof spec, typeof status>;
export type CutoverStatus = NonNullable<z.output<typeof status>['cutover']>;

const isSuspended = (object: KubeObject): boolean =>
  object.spec.suspend === true || hasCondition(conditionsOf(object), 'Suspended');

export const migSchedule = defineKind({
  kind: 'MigSchedule',
  plural: 'migschedules',
  description: 'Stage migrations of a MigPlan at regular times, and a cutover at a planned one.',
  spec,
  status,
  subresources: { run: ['create'] },
  reported: true,
  reconciled: true,
  refersTo: [{ kind: 'MigPlan', find: (wanted) => [wanted.migPlanRef] }],
  validate: (object, previous) => validateSchedule(object, previous, new Date()),
  warnings: scheduleWarnings,
  selectableFields: ['spec.migPlanRef.name'],
  columns: [
    readyColumn,
    column('Plan', 'The plan that is migrated.', (o) => o.spec.migPlanRef?.name),
    column('Schedule', 'When stage migrations start.', (o) => o.spec.schedule),
    column('Suspend', 'Whether nothing is started for now.', isSuspended, { type: 'boolean' }),
    column('Active', 'How many of its migrations have not ended.', (o) => o.status?.active?.length ?? 0, {
      type: 'integer',
    }),
    column('Last', 'Time since the last stage migration started.', (o) => o.status?.lastScheduleTime, { type: 'date' }),
    column('Next', 'When the next stage migration starts.', (o) => o.status?.nextScheduleTime),
    column('Cutover', 'When the cutover starts, or how it went.', cutoverCell),
    ageColumn,
    column('TimeZone', 'Time zone of schedule and cutover.', (o) => o.spec.timeZone, { priority: 1 }),
    problemColumn,
  ],
});

function cutoverCell({ spec: wanted, status: seen }: KubeObject): string | undefined {
  const { at, state } = (seen?.cutover ?? {}) as Partial<CutoverStatus>;
  if (at === undefined) return wanted.cutover?.at;
  return state === 'Planned' ? at : `${at} (${state})`;
}
