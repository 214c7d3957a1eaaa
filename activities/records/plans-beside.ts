import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { type MigPlan, migPlan } from '../../resources/kinds/mig-plan.js';

/** The plans that name one of a plan's namespaces, itself among them: only these can stand in its way. */
export async function plansBeside({ resources }: MigrationStore, plan: MigPlan): Promise<MigPlan[]> {
  const namespaces = migPlan.namespacesOf?.(plan) ?? [];
  if (namespaces.length === 0) return [];
  return (await resources.find({ kinds: [migPlan.kind], namespaces })) as MigPlan[];
}
