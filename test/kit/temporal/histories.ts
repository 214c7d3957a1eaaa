import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** One run of a workflow. */
export interface Execution {
  workflowId: string;
  runId?: string;
}

export interface KeptHistory extends Execution {
  /** Of the workflow. */
  type: string;
  history: History;
}

/** A client on the same connection that notes what it starts: Temporal's own list of workflows lags behind. */
export function notingClient(client: Client): { client: Client; started: Execution[] } {
  const started: Execution[] = [];
  const note: WorkflowClientInterceptor = {
    async startWithDetails(input, next) {
      const output = await next(input);
      started.push({ workflowId: input.options.workflowId, runId: output.runId });
      return output;
    },
    async signalWithStart(input, next) {
      const runId = await next(input);
      started.push({ workflowId: input.options.workflowId, runId });
      return runId;
    },
  };
  const { connection, options } = client;
  return {
    client: new Client({ connection, namespace: options.namespace, interceptors: { workflow: [note] } }),
    started,
  };
}

/** The histories of these workflows, of the children they started and of the runs they continued as, each once. */
export async function historiesOf(client: Client, executions: readonly Execution[]): Promise<KeptHistory[]> {
  const kept = new Map<string, KeptHistory>();
  const left = [...executions];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { workflowId, runId } = next;
    const key = `${workflowId} ${runId}`;
    if (kept.has(key)) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const began = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    kept.set(key, { workflowId, runId, type: began?.workflowType?.name ?? '', history });
    left.push(...startedBy(workflowId, history));
  }
  return [...kept.values()];
}

function startedBy(workflowId: string, { events }: History): Execution[] {
  return (events ?? []).flatMap((event): Execution[] => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return [
      ...(child?.workflowId ? [{ workflowId: child.workflowId, runId: child.runId ?? undefined }] : []),
      ...(next ? [{ workflowId, runId: next }] : []),
    ];
  });
}
