import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { RunRef } from '../resources/run-record.js';
import { migrationWorkflowId } from '../temporal/contract/workflow-ids.js';

/** Signals a run's root workflow, the only writer of its object's conditions. One that is gone needs no telling. */
export async function tellRoot<Args extends unknown[]>(
  run: RunRef,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<void> {
  const workflow = Context.current().client.workflow.getHandle(migrationWorkflowId(run));
  try {
    await workflow.signal(signal, ...args);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
