import type { MigrationStore, RunOutline } from '../../migrations-db/migration-store.js';
import { conditionsOf, hasCondition } from '../../resources/conditions.js';
import type { KubeObject } from '../../resources/kube-object.js';
import type { MigMigration } from '../../resources/mig-migration.js';
import { type PlanMigration, sinceRollback } from '../../resources/plan-rules/plan-migration.js';
import type { RunItinerary } from '../../resources/run-record.js';

/** The MigMigrations that name a plan, in no order. */
export async function migrationsOfPlan(
  store: MigrationStore,
  { metadata: { namespace, name } }: Pick<KubeObject, 'metadata'>,
): Promise<MigMigration[]> {
  const { items } = await store.resources.list({ kind: 'MigMigration' });
  return (items as MigMigration[]).filter(
    ({ spec: { migPlanRef } }) => migPlanRef?.name === name && migPlanRef.namespace === namespace,
  );
}

/** The migrations of a plan in the order in which they ran, and how far each came. */
export async function planMigrations(
  store: MigrationStore,
  plan: Pick<KubeObject, 'metadata'>,
): Promise<PlanMigration[]> {
  const [migrations, runs] = await Promise.all([
    migrationsOfPlan(store, plan),
    store.runs.ofPlan(plan.metadata.uid ?? ''),
  ]);
  const attempts = Map.groupBy(runs, ({ ref }) => ref.uid);
  return migrations
    .map((migration) => planMigration(migration, attempts.get(migration.metadata.uid ?? '') ?? []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

export const hasSucceeded = ({ state }: RunOutline): boolean =>
  state === 'Succeeded' || state === 'SucceededWithWarnings';

export const hasCommitted = ({ facts }: RunOutline): boolean => facts.commitPoint !== undefined;

/** The plan's attempts since its last successful rollback, the oldest first. */
export const attemptsSinceRollback = (rows: readonly RunOutline[]): RunOutline[] =>
  sinceRollback(rows.map((row) => ({ ...row, succeeded: hasSucceeded(row) })));

/** @param attempts the first one first; none before its record is frozen */
function planMigration(migration: MigMigration, attempts: readonly RunOutline[]): PlanMigration {
  const { metadata, spec } = migration;
  const conditions = conditionsOf(migration);
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    at: attempts[0]?.startedAt ?? metadata.creationTimestamp ?? '',
    itinerary: (attempts.at(-1)?.itinerary as RunItinerary | undefined) ?? intended(spec),
    running: hasCondition(conditions, 'Running'),
    succeeded:
      hasCondition(conditions, 'Succeeded') ||
      hasCondition(conditions, 'SucceededWithWarnings') ||
      attempts.some(hasSucceeded),
    committed: attempts.some(hasCommitted),
  };
}

/** Whether a state migration converts is known when its record is frozen. */
function intended({ stage, migrateState, rollback }: MigMigration['spec']): RunItinerary {
  if (rollback) return 'Rollback';
  if (stage) return 'Stage';
  return migrateState ? 'State' : 'Final';
}
