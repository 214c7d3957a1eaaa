import type { MigrationStore, RunOutline } from '../../migrations-db/migration-store.js';
import type { MigMigration } from '../../resources/kinds/mig-migration.js';
import { conditionsOf, hasCondition } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { requestedItinerary } from '../../resources/plan/itinerary.js';
import { type PlanMigration, sinceRollback } from '../../resources/plan/plan-migration.js';
import { hasCommitted } from '../../resources/run/facts.js';
import type { RunItinerary } from '../../resources/run/run-record.js';

/** The MigMigrations that name a plan, in no order. */
export async function migrationsOfPlan(
  store: MigrationStore,
  { metadata: { namespace, name } }: Pick<KubeObject, 'metadata'>,
): Promise<MigMigration[]> {
  const fieldSelector = `spec.migPlanRef.name=${name}`;
  const { items } = await store.resources.list({ kind: 'MigMigration', fieldSelector });
  return (items as MigMigration[]).filter(({ spec }) => spec.migPlanRef?.namespace === namespace);
}

/**
 * What was run of a plan, attempt by attempt in the order in which they began, whether or not the migration is still there, and the
 * migrations that have no attempt yet.
 */
export async function planMigrations(
  store: MigrationStore,
  plan: Pick<KubeObject, 'metadata'>,
): Promise<PlanMigration[]> {
  const [migrations, attempts] = await Promise.all([
    migrationsOfPlan(store, plan),
    store.runs.ofPlan(plan.metadata.uid ?? ''),
  ]);
  const objects = new Map(migrations.map((migration) => [migration.metadata.uid, migration]));
  const newest = new Map(attempts.map((attempt) => [attempt.ref.uid, attempt]));
  const begun = attempts.map((attempt) =>
    fromAttempt(attempt, newest.get(attempt.ref.uid) === attempt ? objects.get(attempt.ref.uid) : undefined),
  );
  const others = migrations.filter(({ metadata }) => !newest.has(metadata.uid ?? '')).map(fromObject);
  return [...begun, ...others].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

const hasSucceeded = ({ state }: RunOutline): boolean => state === 'Succeeded' || state === 'SucceededWithWarnings';

/** The plan's attempts since its last successful rollback, the oldest first. */
export const attemptsSinceRollback = (rows: readonly RunOutline[]): RunOutline[] =>
  sinceRollback(rows.map((row) => ({ ...row, succeeded: hasSucceeded(row) })));

/** @param migration of its newest attempt, if it is still there: what is seen to run now */
function fromAttempt(attempt: RunOutline, migration: MigMigration | undefined): PlanMigration {
  const { ref, startedAt, itinerary } = attempt;
  return {
    name: ref.name,
    uid: ref.uid,
    at: startedAt,
    itinerary: itinerary as RunItinerary,
    running: migration !== undefined && hasCondition(conditionsOf(migration), 'Running'),
    succeeded: hasSucceeded(attempt),
    committed: hasCommitted(attempt.facts),
  };
}

/** One whose record is not frozen yet, or was made under an earlier plan of the name. */
function fromObject(migration: MigMigration): PlanMigration {
  const { metadata, spec } = migration;
  const conditions = conditionsOf(migration);
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    at: metadata.creationTimestamp ?? '',
    // Whether a state migration converts is known when its record is frozen.
    itinerary: requestedItinerary(spec),
    running: hasCondition(conditions, 'Running'),
    succeeded: hasCondition(conditions, 'Succeeded') || hasCondition(conditions, 'SucceededWithWarnings'),
    committed: false,
  };
}
