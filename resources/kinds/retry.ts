import { type ConditionType, conditionsOf, hasCondition, mergeConditions } from '../meta/conditions.js';
import { advisory } from '../meta/findings.js';
import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_FINALIZER } from '../meta/labels.js';
import { wholeSeconds } from '../meta/time.js';
import { changeAnnotations, keepAnnotations } from '../run/keep-annotations.js';

/** Condition of a run whose unwind waits for the operator to fix what blocks it. */
export const UNWIND_BLOCKED = 'UnwindBlocked';

/** Which attempt of what is run is meant now, counted from 1. */
export const attemptOf = ({ metadata }: KubeObject): number => count(metadata.annotations?.[ANNOTATIONS.attempt]) || 1;

/** How often the present attempt was told to continue with what failed. */
export const resumesOf = ({ metadata }: KubeObject): number => count(metadata.annotations?.[ANNOTATIONS.resume]);

/** Conditions of a run that a wish to retry tells to continue. */
const WAITING: readonly ConditionType[] = ['Paused', UNWIND_BLOCKED];

const count = (text: string | undefined): number => (text && /^\d{1,6}$/.test(text) ? Number(text) : 0);

/** The MigMigration whose copies a DirectVolumeMigration shows; one that a user made has a run of its own. */
const shownMigrationOf = ({ metadata }: KubeObject): string | undefined =>
  metadata.ownerReferences?.find(
    ({ kind, uid }) => kind === 'MigMigration' && uid === metadata.labels?.[LABELS.directVolume],
  )?.name;

/** Why a run cannot be retried as it is now, in words that follow its name; undefined when it can. */
export function refuseRetry(migration: KubeObject): string | undefined {
  const conditions = conditionsOf(migration);
  const has = (type: ConditionType) => hasCondition(conditions, type);
  const shown = shownMigrationOf(migration);
  if (shown !== undefined) return `it shows the copies of MigMigration ${shown}; retry that one`;
  // Whatever the run unwinds for, the application waits for it.
  if (has(UNWIND_BLOCKED)) return undefined;
  if (migration.metadata.deletionTimestamp) return `the migration is being deleted; create a new ${migration.kind}`;
  if (migration.spec?.canceled || has('Canceling') || has('Canceled'))
    return `the migration was canceled; create a new ${migration.kind}`;
  if (has('Succeeded') || has('SucceededWithWarnings')) return 'the migration has succeeded; there is nothing to retry';
  if (has('Paused') || has('Failed')) return undefined;
  if (has('Postponed')) return 'the migration waits for its turn; it begins by itself';
  return 'the migration is running; only one that failed or is paused can be retried';
}

/**
 * A user's write to what is run: its wish to retry, if it has one that can be granted, becomes the next attempt of one that failed, or
 * tells one that waits for the operator to continue. A wish that cannot be granted is left for the validation to refuse.
 */
export function mergeRetry(sent: KubeObject, stored: KubeObject): KubeObject {
  const merged = keepAnnotations(sent, stored, [ANNOTATIONS.attempt, ANNOTATIONS.resume]);
  const wanted = merged.metadata.annotations?.[ANNOTATIONS.retry] !== undefined;
  if (!wanted || refuseRetry({ ...stored, spec: merged.spec })) return merged;
  return WAITING.some((type) => hasCondition(conditionsOf(stored), type)) ? resumed(merged) : retried(merged);
}

/** What is still there of a wish to retry after the merge was refused, and counts that only the system keeps. */
export function validateRetry(object: KubeObject, previous?: KubeObject): FieldError[] {
  const annotations = object.metadata.annotations ?? {};
  const forbidden = (annotation: string, message: string): FieldError => ({
    field: `metadata.annotations[${annotation}]`,
    reason: 'FieldValueForbidden',
    message,
  });
  if (previous) {
    return ANNOTATIONS.retry in annotations
      ? [forbidden(ANNOTATIONS.retry, refuseRetry({ ...previous, spec: object.spec }) ?? 'cannot be granted')]
      : [];
  }
  return [
    ...(ANNOTATIONS.retry in annotations
      ? [forbidden(ANNOTATIONS.retry, 'there is nothing to retry yet; leave it out')]
      : []),
    ...[ANNOTATIONS.attempt, ANNOTATIONS.resume]
      .filter((annotation) => annotation in annotations)
      .map((annotation) =>
        forbidden(annotation, `is counted by the system; leave it out, and use ${ANNOTATIONS.retry} to retry`),
      ),
  ];
}

/** Its status says so until the root workflow writes, so that no client that waits for the outcome sees the former one. */
function retried(migration: KubeObject): KubeObject {
  const attempt = attemptOf(migration) + 1;
  const { metadata, ...rest } = changeAnnotations(migration, {
    [ANNOTATIONS.retry]: undefined,
    [ANNOTATIONS.resume]: undefined,
    [ANNOTATIONS.attempt]: String(attempt),
  });
  const message = `Attempt ${attempt} was requested and begins.`;
  const retrying = advisory('Retrying', 'UserRequest', message);
  return {
    ...rest,
    metadata: { ...metadata, finalizers: [...new Set([...(metadata.finalizers ?? []), MIGRATION_FINALIZER])] },
    status: {
      phase: 'Created',
      itinerary: rest.status?.itinerary,
      conditions: mergeConditions([], [retrying], wholeSeconds(new Date())),
    },
  };
}

/** Without the condition a second wish finds nothing that waits. */
function resumed(migration: KubeObject): KubeObject {
  const next = changeAnnotations(migration, {
    [ANNOTATIONS.retry]: undefined,
    [ANNOTATIONS.resume]: String(resumesOf(migration) + 1),
  });
  const conditions = conditionsOf(next).filter(({ type }) => !WAITING.includes(type));
  return { ...next, status: { ...next.status, conditions } };
}
