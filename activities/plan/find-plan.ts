import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
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

/**
 * What is removed for good is removed for a plan that is deleted, whatever the input says: an activity may be begun by hand, or again.
 *
 * @throws StepFailure Refused when the plan is there and is not being deleted
 */
export async function refuseUnlessDeleted(store: MigrationStore, input: PlanInput): Promise<void> {
  const plan = await findPlan(store, input);
  if (!plan || plan.metadata.deletionTimestamp !== undefined) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'The Backups and Restores of a plan that is not being deleted stay',
    where: `MigPlan ${input.namespace}/${input.name}`,
    why: 'The plan is there and has no deletionTimestamp.',
    next: 'Delete the plan if they are to go.',
  });
}
