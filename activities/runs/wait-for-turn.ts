import { setTimeout } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run-record.js';
import { postponed } from '../../temporal/contract/messages.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
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
        await tellWorkflow(run, message);
        announced = message;
      }
      await somethingChanged(store, pulse.signal);
    }
  });
}

/** The migration's root workflow is the only writer of its status. One that is gone needs no telling. */
async function tellWorkflow(run: RunRef, message: string): Promise<void> {
  const workflow = Context.current().client.workflow.getHandle(migrationWorkflowId(run));
  try {
    await workflow.signal(postponed, message);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
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
