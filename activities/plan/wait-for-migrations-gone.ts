import { FOREGROUND_DELETION } from '../../resources/meta/labels.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { somethingChanged } from '../kit/something-changed.js';
import type { PlanInput } from './contract.js';
import { findPlan } from './find-plan.js';

const LEAST_PAUSE_MS = 250;

/** They cancel and unwind first, each with its own patience; the API removes its finalizer from the plan when the last of them is gone. */
export async function waitForMigrationsGone({ store }: ActivityDependencies, plan: PlanInput): Promise<void> {
  const wait = { waitingFor: 'the migrations of the plan to unwind and go', where: `MigPlan ${plan.name}` };
  await withPulse(wait, async ({ signal }) => {
    for (;;) {
      const found = await findPlan(store, plan);
      if (!found?.metadata.finalizers?.includes(FOREGROUND_DELETION)) return;
      await somethingChanged(store, { leastPauseMs: LEAST_PAUSE_MS, signal });
    }
  });
}
