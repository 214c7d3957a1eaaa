import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { conditionsOf, hasCondition } from '../../resources/conditions.js';
import type { MigMigration } from '../../resources/mig-migration.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import type { PlanMigration } from '../../resources/plan-rules/plan-migration.js';

/** The migrations of a plan, oldest first, and how far each came. */
export async function planMigrations(store: MigrationStore, plan: MigPlan): Promise<PlanMigration[]> {
  const { namespace, name } = plan.metadata;
  const { items } = await store.resources.list({ kind: 'MigMigration' });
  const ofPlan = (items as MigMigration[]).filter(
    ({ spec: { migPlanRef } }) => migPlanRef?.name === name && migPlanRef.namespace === namespace,
  );
  const migrations = await Promise.all(ofPlan.map((migration) => planMigration(store, migration)));
  return migrations.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

async function planMigration(store: MigrationStore, migration: MigMigration): Promise<PlanMigration> {
  const { namespace = '', name, uid = '', creationTimestamp = '' } = migration.metadata;
  const conditions = conditionsOf(migration);
  const succeeded = hasCondition(conditions, 'Succeeded') || hasCondition(conditions, 'SucceededWithWarnings');
  const cutover = !migration.spec.stage && !migration.spec.rollback;
  const run = cutover && !succeeded ? await store.runs.get({ namespace, name, uid, attempt: 1 }) : undefined;
  return {
    name,
    uid,
    createdAt: creationTimestamp,
    cutover,
    running: hasCondition(conditions, 'Running'),
    movedApplication: cutover && (succeeded || run?.facts.commitPoint !== undefined),
  };
}
