import { isClusterFault } from '../../clusters/cluster-fault.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { discardsOf } from '../../resources/rollback/discards.js';
import { countByKind } from '../../resources/rollback/rollback-list.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { readCreations } from './created-objects.js';
import { readClaims } from './discards.js';

type Preview = NonNullable<NonNullable<MigPlan['status']>['rollback']>;

/** What a rollback of the plan would delete now; undefined when its runs left nothing. */
export async function previewRollback(deps: ActivityDependencies, plan: MigPlan): Promise<Preview | undefined> {
  const newest = (await deps.store.runs.ofPlan(plan.metadata.uid ?? '')).at(-1);
  if (!newest) return undefined;
  const record = await deps.store.runs.record(newest.ref);
  const creations = await readCreations(deps, record);
  if (creations.objects.length === 0) return undefined;
  return {
    objects: countByKind(creations.objects),
    discards: await discardsNow(),
  };

  async function discardsNow(): Promise<Preview['discards']> {
    try {
      const { claims, pods, runs } = await readClaims(await deps.clusters.connect(record.target), creations);
      return discardsOf(claims, pods, runs);
    } catch (error) {
      // The cluster's own conditions report it; until it answers again, what was seen last is the best guess.
      if (isClusterFault(error)) return plan.status?.rollback?.discards ?? [];
      throw error;
    }
  }
}
