import { Context } from '@temporalio/activity';
import type { RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { withPulse } from '../kit/pulse.js';

const LOOK_AGAIN_MS = 500;

/** Needs Temporal alone: the client is the one of the worker that runs the activity. */
export async function settleSteps({ run }: { run: RunRef }): Promise<{ settled: number }> {
  const { client } = Context.current();
  const prefix = `${migrationWorkflowId(run)}/`;
  const query = `WorkflowId STARTS_WITH "${prefix}" AND ExecutionStatus = "Running"`;
  return withPulse(
    {
      waitingFor: `the steps of ${prefix} to close`,
      where: 'Temporal',
      patienceSeconds: 600,
      next: 'Find out in Temporal why the workflows named here do not end; terminate them if nothing works on them.',
    },
    async (pulse) => {
      const settled = new Set<string>();
      for (;;) {
        let open = 0;
        for await (const step of client.workflow.list({ query })) {
          open += 1;
          if (settled.has(step.workflowId)) continue;
          settled.add(step.workflowId);
          pulse.moved(`${step.workflowId} is still open`);
          // Closed between the list and here: nothing left to cancel.
          await client.workflow
            .getHandle(step.workflowId)
            .cancel()
            .catch(() => undefined);
        }
        if (open === 0) return { settled: settled.size };
        // Temporal's visibility has no watch; this is the one place that polls.
        await Context.current().sleep(LOOK_AGAIN_MS);
      }
    },
  );
}
