import type { MigPlan } from '../kinds/mig-plan.js';
import type { MigSchedule } from '../kinds/mig-schedule.js';
import { BY_USER } from '../kinds/validate.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { advisory } from '../meta/findings.js';
import { cutoverOf, type PlanMigration, sinceRollback } from '../plan/plan-migration.js';

/** Why a schedule starts nothing for the time being: its user or the rules of its plan say so. */
export function suspensionOf(
  { spec, status }: Pick<MigSchedule, 'spec' | 'status'>,
  plan: MigPlan,
  migrations: readonly PlanMigration[],
): ConditionFinding | undefined {
  const { name } = plan.metadata;
  if (spec.suspend) {
    return advisory('Suspended', BY_USER, 'spec.suspend is true: nothing is started until it is false.');
  }
  if (plan.spec.closed) {
    return advisory('Suspended', 'PlanClosed', `MigPlan ${name} is closed: no migration of it can start any more.`);
  }
  const own = sinceRollback(migrations).find(
    (migration) => migration.succeeded && migration.name === status?.cutover?.migration,
  );
  const cutover = cutoverOf(migrations) ?? own;
  if (!cutover) return undefined;
  return advisory(
    'Suspended',
    'ApplicationMoved',
    `MigMigration ${cutover.name} was the cutover of MigPlan ${name}: copying again would overwrite what was written on the target since. The schedule continues when that migration is rolled back.`,
  );
}
