import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId, recoverWorkflowId } from '../../temporal/contract/workflow-ids.js';

/**
 * Signals a run's root workflow, which writes its object's conditions; where that is closed, the recovery that has taken its place.
 * Where both are gone there is no one to tell.
 */
export async function signalRoot<Args extends unknown[]>(
  run: RunRef,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<void> {
  const { workflow } = Context.current().client;
  for (const id of [migrationWorkflowId(run), recoverWorkflowId(run)]) {
    try {
      await workflow.getHandle(id).signal(signal, ...args);
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
