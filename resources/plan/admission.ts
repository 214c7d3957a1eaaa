import type { MigMigration } from '../kinds/mig-migration.js';
import type { MigPlan } from '../kinds/mig-plan.js';
import { type ConditionType, conditionsOf, hasCondition, isBlocker } from '../meta/conditions.js';
import { isUnmapped } from './itinerary.js';
import { parseMapping } from './mappings.js';
import { cutoverOf, type PlanMigration } from './plan-migration.js';

/** A reason why a migration cannot run, by the name of MTC's condition. */
export interface Refusal {
  condition: ConditionType;
  message: string;
}

/**
 * Why this migration cannot run with its plan as it is; empty when it can. A rollback can as long as the plan is there: what was done must
 * be undone whatever the plan says by now.
 *
 * @param others the plan's other migrations, the oldest first
 */
export function refuseMigration(migration: MigMigration, plan: MigPlan, others: readonly PlanMigration[]): Refusal[] {
  const contradicting = refuseModes(migration);
  if (migration.spec.rollback || contradicting.length > 0) return contradicting;
  if (plan.spec.closed) {
    return [{ condition: 'PlanClosed', message: `MigPlan ${plan.metadata.name} is closed. Create another plan.` }];
  }
  return [...refuseRenamedClaims(migration, plan), ...refusePlan(plan), ...refuseAfterCutover(plan, others)];
}

function refuseModes({ spec }: MigMigration): Refusal[] {
  const wanted = (['stage', 'migrateState', 'rollback'] as const).filter((field) => spec[field]);
  if (wanted.length < 2) return [];
  return [
    {
      condition: 'InvalidSpec',
      message: `Only one of ${wanted.map((field) => `spec.${field}`).join(', ')} can be true.`,
    },
  ];
}

/** Workloads would look for their claims under the former names; only of included resources they are changed on the way. */
function refuseRenamedClaims(migration: MigMigration, { spec }: MigPlan): Refusal[] {
  if (migration.spec.migrateState || (spec.includedResources ?? []).length > 0) return [];
  const renamed = spec.persistentVolumes
    .filter(({ selection, pvc }) => selection.action === 'copy' && !isUnmapped(parseMapping(pvc.name ?? '')))
    .map(({ pvc }) => `${pvc.namespace}/${pvc.name}`);
  if (renamed.length === 0) return [];
  return [
    {
      condition: 'InvalidSpec',
      message: `The plan gives claims another name (spec.persistentVolumes[].pvc.name): ${renamed.join(', ')}. Create a MigMigration with spec.migrateState: true, list what shall be migrated in spec.includedResources of the plan, or leave the names as they are.`,
    },
  ];
}

function refusePlan(plan: MigPlan): Refusal[] {
  const conditions = conditionsOf(plan);
  const blockers = conditions.filter(isBlocker);
  if (blockers.length > 0) {
    return blockers.map(({ type, message }) => ({ condition: type, message }));
  }
  if (hasCondition(conditions, 'Ready')) return [];
  const missing = (['PvsDiscovered', 'StorageEnsured'] as const).filter((type) => !hasCondition(conditions, type));
  return [
    {
      condition: 'Ready',
      message: `MigPlan ${plan.metadata.name} is not Ready yet${missing.length > 0 ? `: ${missing.join(' and ')} missing` : ''}.`,
    },
  ];
}

/** What the other migrations of the plan leave no room for. */
export function refuseAfterCutover(plan: MigPlan, others: readonly PlanMigration[]): Refusal[] {
  const cutover = cutoverOf(others);
  // A cutover that is seen to run here waits for its turn: a running one holds the plan, and stages go first.
  if (!cutover) return [];
  return [
    {
      condition: 'HasFinalMigration',
      message: `MigMigration ${cutover.name} of plan ${plan.metadata.name} already ${RESULT[cutover.itinerary]}. Copying again would overwrite what was written there since. To start again, create a MigMigration with spec.rollback: true.`,
    },
  ];
}

const RESULT: Partial<Record<PlanMigration['itinerary'], string>> = {
  Final: 'moved the application to the target',
  Conversion: 'gave the application its new volumes',
};
