import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import { isSweepDue } from '../resources/kinds/sweep-request.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { PLAN_FINALIZER } from '../resources/meta/labels.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { removePlanWorkflowId, sweepWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { removePlan, sweep } from '../workflows/roots/plan.js';

/** Starts what a plan asks for: a sweep, or its removal. Idempotent. */
export async function ensurePlanWorkflows(client: Client, plan: KubeObject): Promise<void> {
  if (plan.metadata.deletionTimestamp === undefined) {
    if (isSweepDue(plan)) await startSweep(client, plan);
  } else if (plan.metadata.finalizers?.includes(PLAN_FINALIZER)) {
    await startRemoval(client, plan);
  }
}

async function startSweep(client: Client, { metadata: { namespace = '', name } }: KubeObject): Promise<void> {
  await client.workflow.start<typeof sweep>('sweep', {
    workflowId: sweepWorkflowId(namespace, name),
    taskQueue: TASK_QUEUES.control,
    args: [{ namespace, name }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Remove what ended migrations of plan ${name} left`,
  });
}

async function startRemoval(client: Client, { metadata }: KubeObject): Promise<void> {
  const { namespace = '', name, uid = '' } = metadata;
  await client.workflow.start<typeof removePlan>('removePlan', {
    workflowId: removePlanWorkflowId({ namespace, name, uid }),
    taskQueue: TASK_QUEUES.control,
    args: [{ namespace, name, uid }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Remove deleted plan ${name}`,
  });
}
