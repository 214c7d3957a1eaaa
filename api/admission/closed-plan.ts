import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { FieldError } from '../../resources/kind-definition.js';
import type { KubeObject } from '../../resources/kube-object.js';

/**
 * A migration of a plan that is known to be closed; only a rollback may still come. A plan that is not there yet may be made later, so it
 * is no mistake.
 */
export async function closedPlanErrors(
  { resources }: MigrationStore,
  { kind, spec }: KubeObject,
): Promise<FieldError[]> {
  if (kind !== 'MigMigration' || !spec.migPlanRef || spec.rollback) return [];
  const { namespace, name } = spec.migPlanRef;
  const plan = await resources.get({ kind: 'MigPlan', namespace, name });
  if (!plan?.spec.closed) return [];
  return [
    {
      field: 'spec.migPlanRef',
      reason: 'FieldValueForbidden',
      message: `MigPlan ${name} is closed: it can only be rolled back; create another plan`,
    },
  ];
}
