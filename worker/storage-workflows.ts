import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { STORAGE_FINALIZER } from '../resources/meta/labels.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { removeStorageWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { removeStorage } from '../workflows/roots/storage.js';

/** Starts the removal of a deleted MigStorage from the clusters it was put on. Idempotent. */
export async function ensureStorageWorkflow(client: Client, { metadata }: KubeObject): Promise<void> {
  const { namespace = '', name, uid = '', deletionTimestamp, finalizers } = metadata;
  if (deletionTimestamp === undefined || !finalizers?.includes(STORAGE_FINALIZER)) return;
  await client.workflow.start<typeof removeStorage>('removeStorage', {
    workflowId: removeStorageWorkflowId({ namespace, name, uid }),
    taskQueue: TASK_QUEUES.control,
    args: [{ namespace, name, uid }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Remove deleted storage ${name} from the clusters`,
  });
}
