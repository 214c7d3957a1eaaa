import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { PlanInput } from './contract.js';

/** Undefined when it is gone, even if another one has its name now. */
export async function findPlan(
  { resources }: MigrationStore,
  { namespace, name, uid }: PlanInput,
): Promise<KubeObject | undefined> {
  const plan = await resources.get({ kind: 'MigPlan', namespace, name });
  return plan?.metadata.uid === uid ? plan : undefined;
}
