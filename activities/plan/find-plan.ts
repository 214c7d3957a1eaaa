import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { refuseUnlessDeleted } from '../kit/refuse-unless-deleted.js';
import type { PlanInput } from './contract.js';

/** Undefined when it is gone, even if another one has its name now. */
export async function findPlan(
  { resources }: MigrationStore,
  { namespace, name, uid }: PlanInput,
): Promise<KubeObject | undefined> {
  const plan = await resources.get({ kind: 'MigPlan', namespace, name });
  return plan?.metadata.uid === uid ? plan : undefined;
}

/** What is removed with a plan is removed while it is being deleted, or is gone. */
export const refuseUnlessPlanDeleted = (store: MigrationStore, plan: PlanInput): Promise<void> =>
  refuseUnlessDeleted(store, { kind: 'MigPlan', ...plan });
