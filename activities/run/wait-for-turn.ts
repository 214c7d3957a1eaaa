import type { MigrationStore, QueuedKind } from '../../migrations-db/migration-store.js';
import { requestedItinerary } from '../../resources/plan/itinerary.js';
import type { RunItinerary, RunRef } from '../../resources/run/run-record.js';
import { postponed } from '../../temporal/contract/messages.js';
import { withPulse } from '../kit/pulse.js';
import { signalRoot } from '../kit/signal-root.js';
import { somethingChanged } from '../kit/something-changed.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { namespaceHeld, placesOfPlan } from '../records/namespace-places.js';
import { adoptMigration, readMigrationAndPlan } from '../records/run-objects.js';

/** Another run's end is written with a change of its migration, which wakes us. */
const LEAST_PAUSE_MS = 250;

const QUEUED: Record<RunItinerary, QueuedKind> = {
  Rollback: 'rollback',
  Stage: 'stage',
  Final: 'cutover',
  State: 'cutover',
  Conversion: 'cutover',
};

/** Resolves when the plan's one place is this run's. */
export async function waitForTurn(store: MigrationStore, run: RunRef): Promise<void> {
  // Begun again after its end, it would take the place of a later one.
  await refuseIfEnded({ store }, run);
  const { migration, plan } = await readMigrationAndPlan(store, run);
  await adoptMigration(store, run, plan);
  const planUid = plan.metadata.uid ?? '';
  const places = await placesOfPlan(store, plan);
  // Each of the other runs has its own patience; a cancel ends this wait at any time.
  const wait = {
    waitingFor: `the other migrations of plan ${plan.metadata.name}`,
    where: `MigPlan ${plan.metadata.name}`,
  };
  await withPulse(wait, async (pulse) => {
    let announced = '';
    for (;;) {
      const lock = { plan: `${plan.metadata.namespace}/${plan.metadata.name}`, places };
      const turn = await store.runs.takePlan(planUid, run, QUEUED[requestedItinerary(migration.spec)], lock);
      if (turn.held) return;
      if (turn.conflict) throw namespaceHeld(run, turn.conflict);
      const message = `Position ${turn.position} in the queue of plan ${plan.metadata.name}${turn.holder ? `, which ${turn.holder} holds` : ''}.`;
      pulse.observe(message);
      if (message !== announced) {
        await signalRoot(run, postponed, message);
        announced = message;
      }
      await somethingChanged(store, { leastPauseMs: LEAST_PAUSE_MS, signal: pulse.signal });
    }
  });
}
