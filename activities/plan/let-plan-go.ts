import { isGoneOrReplaced, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { PLAN_FINALIZER } from '../../resources/meta/labels.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { PlanInput } from './contract.js';
import { findPlan, refuseUnlessPlanDeleted } from './find-plan.js';

export async function letPlanGo(
  { store }: ActivityDependencies,
  { left, ...input }: PlanInput & { left: string[] },
): Promise<void> {
  const plan = await findPlan(store, input);
  if (!plan) return;
  await refuseUnlessPlanDeleted(store, input);
  const { namespace, name, uid } = input;
  if (left.length > 0) {
    await store.events.record({
      about: { kind: 'MigPlan', namespace, name, uid },
      type: 'Warning',
      reason: 'LeftBehind',
      message: `The plan is deleted. What its migrations left there stays: ${left.join(' ')}`,
    });
  }
  try {
    await store.resources.update(
      { kind: 'MigPlan', namespace, name },
      ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, finalizers: metadata.finalizers?.filter((finalizer) => finalizer !== PLAN_FINALIZER) },
      }),
      { actor: SYSTEM_ACTOR, uid },
    );
  } catch (error) {
    if (!isGoneOrReplaced(error)) throw error;
  }
}
