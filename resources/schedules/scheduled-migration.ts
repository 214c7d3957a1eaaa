import type { MigSchedule } from '../kinds/mig-schedule.js';
import { conditionsOf, hasCondition } from '../meta/conditions.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_FINALIZER } from '../meta/labels.js';
import { wholeSeconds } from '../meta/time.js';
import { labelValue } from '../run/names.js';

/**
 * Name of the migration of one action: the schedule's and the time in UTC, `nightly-20261129-0200`; with seconds where there are any, which
 * only a run asked for by hand has. A cutover may have the same time as a copy.
 */
export function scheduledName(schedule: string, at: Date, cutover: boolean): string {
  const [date = '', time = ''] = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `${schedule}${cutover ? '-cutover' : ''}-${date}-${time.replace(/00$/, '')}`;
}

export const scheduleSelector = (schedule: string): string => `${LABELS.scheduleName}=${labelValue(schedule)}`;

/** What the migration of one action is made from: metadata and spec as a user would write them. */
export function scheduledMigrationOf(
  { metadata, spec }: MigSchedule,
  at: Date,
  cutover: boolean,
): Pick<KubeObject, 'metadata' | 'spec'> {
  const { migPlanRef, migrateState, runAsRoot, runAsUser, runAsGroup } = spec;
  const { quiescePods, verify } = spec.cutover ?? {};
  return {
    metadata: {
      name: scheduledName(metadata.name, at, cutover),
      namespace: metadata.namespace,
      labels: { [LABELS.scheduleName]: labelValue(metadata.name) },
      annotations: { [ANNOTATIONS.scheduledAt]: wholeSeconds(at) },
    },
    spec: {
      migPlanRef,
      migrateState,
      runAsRoot,
      runAsUser,
      runAsGroup,
      // A state migration that halts nothing is the stage of one.
      ...(cutover ? { quiescePods, verify } : { stage: !migrateState }),
    },
  };
}

/** Whether a migration of a schedule copies ahead; else it is its cutover. */
export const copiesAhead = ({ metadata }: Pick<KubeObject, 'metadata'>, migration: KubeObject): boolean =>
  migration.metadata.name === scheduledName(metadata.name, new Date(scheduledAt(migration) ?? 0), false);

/** When the schedule meant a migration to start, RFC 3339; undefined for one that no schedule made. */
export const scheduledAt = ({ metadata }: KubeObject): string | undefined =>
  metadata.annotations?.[ANNOTATIONS.scheduledAt];

export const hasEnded = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.includes(MIGRATION_FINALIZER) !== true;

export const hasSucceeded = (migration: KubeObject): boolean =>
  (['Succeeded', 'SucceededWithWarnings'] as const).some((type) => hasCondition(conditionsOf(migration), type));

/** Ended copies of a schedule that its limits no longer keep. A cutover is never one of them: the plan's rules rest on it. */
export function beyondLimits(schedule: MigSchedule, migrations: readonly KubeObject[]): KubeObject[] {
  const ended = migrations
    .filter((migration) => copiesAhead(schedule, migration) && hasEnded(migration))
    .sort((a, b) => (scheduledAt(b) ?? '').localeCompare(scheduledAt(a) ?? ''));
  return [
    ...ended.filter(hasSucceeded).slice(schedule.spec.successfulMigrationsHistoryLimit),
    ...ended.filter((migration) => !hasSucceeded(migration)).slice(schedule.spec.failedMigrationsHistoryLimit),
  ];
}
