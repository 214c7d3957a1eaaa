import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/**
 * Resets a closed workflow to the task that scheduled an activity, as the Temporal UI and `temporal workflow reset` do it.
 *
 * @param chosen the first activity of the type for which it holds, by its input; the first one if left out
 * @param ofRun which run of the workflow; the newest if left out
 * @returns the run that was begun
 */
export async function resetBefore(
  client: Client,
  workflowId: string,
  activityType: string,
  chosen: (input: Record<string, unknown>) => boolean = () => true,
  ofRun?: string,
): Promise<string> {
  const handle = client.workflow.getHandle(workflowId, ofRun);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const scheduled = (events ?? [])
    .map(({ activityTaskScheduledEventAttributes: attributes }) => attributes)
    .find((attributes) => {
      const data = attributes?.input?.payloads?.[0]?.data;
      return (
        attributes?.activityType?.name === activityType && data && chosen(JSON.parse(Buffer.from(data).toString()))
      );
    });
  if (!scheduled) throw new Error(`The history of ${workflowId} holds no such ${activityType}.`);
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'by a test',
    workflowTaskFinishEventId: scheduled.workflowTaskCompletedEventId,
    requestId: randomUUID(),
  });
  return answer.runId;
}
