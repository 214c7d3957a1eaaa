import { z } from 'zod';
import { changedFields } from '../meta/changed-fields.js';
import { ageColumn, column, outcomeOrPhase, problemColumn, readyColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { migrationRef, timestamp } from '../meta/fields.js';
import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { MIGRATION_FINALIZER } from '../meta/labels.js';
import { commonStatus } from '../meta/status-fields.js';
import { PIPELINES_TEXT, STEPS_TEXT } from '../run/step-texts.js';
import { mergeRetry, validateRetry } from './retry.js';

/** As whom transfer pods copy; the same wherever a run is described. */
export const runAs = {
  runAsRoot: z
    .boolean()
    .optional()
    .describe('Whether transfer pods run as root; decided by what the namespaces admit if absent.'),
  runAsUser: z.int().nonnegative().optional().describe('User id of transfer pods that do not run as root.'),
  runAsGroup: z.int().nonnegative().optional().describe('Group id of transfer pods that do not run as root.'),
};

const spec = z
  .strictObject({
    migPlanRef: migrationRef('MigPlan').optional().describe('The plan that is run.'),
    stage: z
      .boolean()
      .default(false)
      .describe('True to copy data ahead while the application keeps running. Can be done any number of times.'),
    migrateState: z
      .boolean()
      .default(false)
      .describe('True to migrate the volumes only, for applications whose objects arrive by other means.'),
    rollback: z
      .boolean()
      .default(false)
      .describe('True to remove what the plan brought to the target and to start the application on the source again.'),
    quiescePods: z
      .boolean()
      .default(false)
      .describe(
        'True to scale the application down on the source before the last copy. Without it later writes are lost.',
      ),
    keepAnnotations: z
      .boolean()
      .default(false)
      .describe(
        'True to leave on workloads and volumes the annotations that the migration saved their former state in, also once it has put that back: preQuiesce… on workloads that were started again, openshift.io/orig-reclaim-policy on volumes.',
      ),
    verify: z.boolean().default(false).describe('True to check at the end that the migrated pods are healthy.'),
    canceled: z
      .boolean()
      .default(false)
      .describe('Set to true to stop the migration and bring the source back. Final.'),
    ...runAs,
  })
  .describe('Which plan is run, and how. Fixed at creation, but for canceled.');

const pipelineStep = z.looseObject({
  name: z.string().describe(STEPS_TEXT),
  phase: z.string().optional().describe('What the step is doing.'),
  message: z.string().optional().describe('The same in words.'),
  progress: z.array(z.string()).optional().describe('One line for each thing that is under way.'),
  failed: z.boolean().optional().describe('True when the step failed.'),
  skipped: z.boolean().optional().describe('True when this migration does not need the step.'),
  started: timestamp().optional().describe('When the step began.'),
  completed: timestamp().optional().describe('When the step ended.'),
});

const status = z
  .looseObject({
    ...commonStatus('MigMigration'),
    itinerary: z
      .string()
      .optional()
      .describe(
        'The itinerary of the run: Stage, Final, State, Conversion, Rollback; Cancel or Failed once it unwinds.',
      ),
    phase: z.string().optional().describe('What the oldest running step is doing.'),
    startTimestamp: timestamp().optional().describe('When the run began.'),
    applicationDownSince: timestamp()
      .optional()
      .describe('Since when the application is down on both sides; downtime is counted from here.'),
    applicationUpSince: timestamp().optional().describe('When the application was seen running again.'),
    pipeline: z.array(pipelineStep).optional().describe(PIPELINES_TEXT),
    errors: z.array(z.string()).optional().describe('Why the migration failed.'),
    rollback: z
      .looseObject({})
      .optional()
      .describe('In the reply to a dry run of a rollback: what it would delete, release, leave and give up.'),
    unhealthyResources: z.looseObject({}).optional().describe('Pods that did not become healthy on the target.'),
  })
  .describe('How far the migration is.');

export type MigMigration = Resource<typeof spec, typeof status>;

const MODES = ['stage', 'migrateState', 'rollback'] as const;

function validateModes(object: KubeObject): FieldError[] {
  const chosen = MODES.filter((mode) => object.spec[mode]);
  if (chosen.length < 2) return [];
  return chosen.map((mode) => ({
    field: `spec.${mode}`,
    reason: 'FieldValueInvalid',
    message: `a migration is one of ${MODES.join(', ')} or, with none of them, a cutover; set at most one (here: ${chosen.join(', ')})`,
  }));
}

function validateChange(object: KubeObject, previous: KubeObject): FieldError[] {
  return changedFields(spec, object, previous)
    .filter((field) => field !== 'canceled' || !object.spec.canceled)
    .map((field) => ({
      field: `spec.${field}`,
      reason: 'FieldValueForbidden',
      message:
        field === 'canceled'
          ? 'a canceled migration cannot be resumed; create a new MigMigration'
          : 'cannot be changed once the migration is created; cancel it and create a new MigMigration',
    }));
}

/** While the application is down: since when. */
const downSince = ({ status }: KubeObject): string | undefined =>
  status?.applicationUpSince || status?.completionTimestamp ? undefined : status?.applicationDownSince;

const stepCount = (object: KubeObject): string | undefined =>
  object.status?.conditions?.find((c: { type: string }) => c.type === 'Running')?.message;

export const migMigration = defineKind({
  kind: 'MigMigration',
  plural: 'migmigrations',
  description: 'One run of a MigPlan: a stage, a cutover, a state migration or a rollback.',
  spec,
  status,
  subresources: { log: ['get'], report: ['get'], retry: ['create'], tree: ['get'] },
  reported: true,
  isRun: true,
  mergeUserWrite: mergeRetry,
  validate: (object, previous) => [
    ...validateModes(object),
    ...(previous ? validateChange(object, previous) : []),
    ...validateRetry(object, previous),
  ],
  finalizers: [MIGRATION_FINALIZER],
  selectableFields: ['spec.migPlanRef.name'],
  columns: [
    readyColumn,
    column('Plan', 'The plan that is run.', (o) => o.spec.migPlanRef?.name),
    column('Stage', 'Whether it copies ahead only.', (o) => o.spec.stage, { type: 'boolean' }),
    column('Rollback', 'Whether it takes a migration back.', (o) => o.spec.rollback, { type: 'boolean' }),
    column('Itinerary', 'The itinerary of the run.', (o) => o.status?.itinerary),
    column('Status', 'The outcome or, while it runs, the phase.', outcomeOrPhase),
    column('Down', 'How long the application has been down.', downSince, { type: 'date' }),
    ageColumn,
    column('Step', 'How many of the steps are done.', stepCount, { priority: 1 }),
    problemColumn,
  ],
});
