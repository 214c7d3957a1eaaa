import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { KubeObject } from '../resources/kube-object.js';
import type { RunRef } from '../resources/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { migrationWorkflowId, recoverWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { migration } from '../workflows/migration.js';
import type { recover } from '../workflows/recover.js';

/** A workflow task that a dead worker held is given to the next one after this. */
const WORKFLOW_TASK_TIMEOUT = '5 seconds';

export const runRefOf = (object: KubeObject): RunRef => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  uid: object.metadata.uid ?? '',
  attempt: 1,
});

export const inputOf = (object: KubeObject): MigrationInput => ({
  run: runRefOf(object),
  itinerary: object.spec?.stage === true ? 'Stage' : 'Final',
});

/** Starts the root workflow of a MigMigration, once however often it is asked. */
export async function startMigration(client: Client, object: KubeObject): Promise<void> {
  const input = inputOf(object);
  await startOnce(() =>
    client.workflow.start<typeof migration>('migration', {
      workflowId: migrationWorkflowId(input.run),
      taskQueue: TASK_QUEUES.control,
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `${input.itinerary} migration ${object.metadata.name} of plan ${object.spec?.migPlanRef?.name ?? '?'}`,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.plan, value: String(object.spec?.migPlanRef?.name ?? '') },
        { key: SEARCH_ATTRIBUTES.itinerary, value: input.itinerary },
      ],
    }),
  );
}

/** Starts the recovery of a migration whose root workflow is gone. */
export async function startRecovery(client: Client, object: KubeObject): Promise<void> {
  const input = inputOf(object);
  await client.workflow.start<typeof recover>('recover', {
    workflowId: recoverWorkflowId(input.run),
    taskQueue: TASK_QUEUES.control,
    args: [input],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Recover migration ${object.metadata.name}: its workflow is gone`,
  });
}

async function startOnce(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    // REJECT_DUPLICATE: it ran and ended; the message came a second time.
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
}
