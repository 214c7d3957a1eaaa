import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ReconciledKind } from '../../resources/kinds/index.js';
import type { CheckOutcome, ReconcileInput } from '../../temporal/contract/inputs.js';
import { objectChanged } from '../../temporal/contract/messages.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { shortActivity } from '../kit/activities.js';

/** How long a state is trusted without another check. */
const PERIOD = { ready: '60 seconds', notReady: '15 seconds' } as const;

const check = (summary: string) => shortActivity(summary, TASK_QUEUES.checks);

const CHECKS: Record<ReconciledKind, (object: ReconcileInput) => Promise<CheckOutcome>> = {
  MigCluster: (object) => check(`Check cluster ${object.name}`).checkCluster(object),
  MigHook: (object) => check(`Check hook ${object.name}`).checkHook(object),
  MigStorage: (object) => check(`Check replication repository ${object.name}`).checkStorage(object),
  MigPlan: (object) => check(`Reconcile plan ${object.name}`).reconcilePlan(object),
  MigSchedule: (object) => check(`Reconcile schedule ${object.name}`).reconcileSchedule(object),
};

/**
 * Keeps the status of one object, and what depends on it, up to date: checks it, then waits for a change or for the period to pass. Ends
 * when the object is gone; continues as a new run before its history grows long.
 */
export async function reconcile(input: ReconcileInput): Promise<void> {
  let changed = true;
  setHandler(objectChanged, () => {
    changed = true;
  });
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    changed = false;
    const { exists, ready } = await CHECKS[input.kind](input);
    if (!exists && !changed) return;
    await condition(() => changed, ready ? PERIOD.ready : PERIOD.notReady);
  }
  await continueAsNew<typeof reconcile>(input);
}
