import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { FieldError } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';

/**
 * A migration of a plan that is known to be closed, which can only be rolled back, or to be on its way out. A plan that is not there yet may be made later, so it
 * is not an error.
 */
export async function planErrors({ resources }: MigrationStore, { kind, spec }: KubeObject): Promise<FieldError[]> {
  if (kind !== 'MigMigration' || !spec.migPlanRef) return [];
  const { namespace, name } = spec.migPlanRef;
  const plan = await resources.get({ kind: 'MigPlan', namespace, name });
  const message = plan && refusalOf(plan, spec.rollback);
  return message ? [{ field: 'spec.migPlanRef', reason: 'FieldValueForbidden', message }] : [];
}

function refusalOf({ metadata, spec }: KubeObject, rollback: boolean): string | undefined {
  if (metadata.deletionTimestamp) return `MigPlan ${metadata.name} is being deleted; create another plan`;
  if (spec.closed && !rollback)
    return `MigPlan ${metadata.name} is closed: it can only be rolled back; create another plan`;
  return undefined;
}
