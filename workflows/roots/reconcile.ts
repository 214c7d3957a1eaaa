import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CheckOutcome } from '../../activities/reconcile/contract.js';
import type { ReconcileInput } from '../../temporal/contract/inputs.js';
import { objectChanged } from '../../temporal/contract/messages.js';

/** How long a state is believed without looking again. */
const PERIOD = { ready: '60 seconds', notReady: '15 seconds' } as const;

/**
 * One loop per object: check, then wait for a change or for the period to pass. Ends when the object is gone; goes on as a new run
 * before its history grows long.
 */
export async function reconcile(
  input: ReconcileInput,
  check: (input: ReconcileInput) => Promise<CheckOutcome>,
): Promise<void> {
  let changed = true;
  setHandler(objectChanged, () => {
    changed = true;
  });
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    changed = false;
    const { exists, ready } = await check(input);
    if (!exists && !changed) return;
    await condition(() => changed, ready ? PERIOD.ready : PERIOD.notReady);
  }
  await continueAsNew<(next: ReconcileInput) => Promise<void>>(input);
}
