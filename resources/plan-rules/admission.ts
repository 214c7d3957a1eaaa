import { conditionsOf, hasCondition, isBlocker } from '../conditions.js';
import type { MigMigration } from '../mig-migration.js';
import type { MigPlan } from '../mig-plan.js';
import { cutoverOf, type PlanMigration } from './plan-migration.js';

/** A reason why a migration can't run, by the name of MTC's condition. */
export interface Refusal {
  condition: string;
  message: string;
}

/** Why this migration can't run with its plan as it is; empty when it can. */
export function refuseMigration(migration: MigMigration, plan: MigPlan, others: readonly PlanMigration[]): Refusal[] {
  if (plan.spec.closed) {
    return [{ condition: 'PlanClosed', message: `MigPlan ${plan.metadata.name} is closed. Create another plan.` }];
  }
  return [...refuseSpec(migration), ...refusePlan(plan), ...refuseAfterCutover(plan, others)];
}

function refuseSpec({ spec }: MigMigration): Refusal[] {
  const wanted = (['stage', 'migrateState', 'rollback'] as const).filter((field) => spec[field]);
  if (wanted.length > 1) {
    return [
      {
        condition: 'InvalidSpec',
        message: `Only one of ${wanted.map((field) => `spec.${field}`).join(', ')} can be true.`,
      },
    ];
  }
  return wanted
    .filter((field) => field !== 'stage')
    .map((field) => ({
      condition: 'NotYetSupported',
      message: `spec.${field} of the MigMigration is not supported yet. Leave it out.`,
    }));
}

function refusePlan(plan: MigPlan): Refusal[] {
  const conditions = conditionsOf(plan);
  const blockers = conditions.filter(isBlocker);
  if (blockers.length > 0) {
    return blockers.map(({ type, message }) => ({ condition: type, message }));
  }
  if (hasCondition(conditions, 'Ready')) return [];
  const missing = ['PvsDiscovered', 'StorageEnsured'].filter((type) => !hasCondition(conditions, type));
  return [
    {
      condition: 'Ready',
      message: `MigPlan ${plan.metadata.name} is not Ready yet${missing.length > 0 ? `: ${missing.join(' and ')} missing` : ''}.`,
    },
  ];
}

function refuseAfterCutover(plan: MigPlan, others: readonly PlanMigration[]): Refusal[] {
  const cutover = cutoverOf(others);
  if (!cutover) return [];
  return [
    {
      condition: 'HasFinalMigration',
      message: `MigMigration ${cutover.name} of plan ${plan.metadata.name} already moved the application to the target. Copying again would overwrite what was written there since.`,
    },
  ];
}
