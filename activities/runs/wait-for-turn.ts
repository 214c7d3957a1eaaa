import { setTimeout } from 'node:timers/promises';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run-record.js';
import { withPulse } from '../pulse.js';
import { adoptMigration, readMigrationAndPlan } from './run-objects.js';

/** Another run's end is written with a change of its migration, which wakes us; the timer covers what no change tells. */
const LOOK_AGAIN_MS = 5_000;
/** Many objects change while migrations run; more often than this nobody needs to ask. */
const LEAST_PAUSE_MS = 250;

/** Resolves when the plan's one place is this run's. */
export async function waitForTurn(store: MigrationStore, run: RunRef): Promise<void> {
  const { migration, plan } = await readMigrationAndPlan(store, run);
  await adoptMigration(store, run, plan);
  const planUid = plan.metadata.uid ?? '';
  const wait = {
    waitingFor: `the other migrations of plan ${plan.metadata.name}`,
    where: `MigPlan ${plan.metadata.name}`,
  };
  await withPulse(wait, async (pulse) => {
    let announced = '';
    for (;;) {
      const turn = await store.runs.takePlan(planUid, run, migration.spec.stage);
      if (turn.held) return;
      const message = `Position ${turn.position} in the queue of plan ${plan.metadata.name}${turn.holder ? `, which ${turn.holder} holds` : ''}.`;
      pulse.observe(message);
      if (message !== announced) {
        await store.events.record({
          about: { kind: 'MigMigration', namespace: run.namespace, name: run.name, uid: run.uid },
          type: 'Normal',
          reason: 'Postponed',
          message,
        });
        announced = message;
      }
      await somethingChanged(store, pulse.signal);
    }
  });
}

async function somethingChanged(store: MigrationStore, signal: AbortSignal): Promise<void> {
  const wake = new AbortController();
  const ignore = store.resources.onChange(() => wake.abort());
  try {
    await setTimeout(LEAST_PAUSE_MS, undefined, { signal });
    await setTimeout(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([signal, wake.signal]) });
  } catch (error) {
    if (signal.aborted) throw error;
  } finally {
    ignore();
  }
}
