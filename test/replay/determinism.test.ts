import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { historiesOf, type KeptHistory, notingClient } from '../kit/temporal/histories.js';
import { expectDeterministic, type WorkflowBundle } from '../kit/temporal/replay-check.js';
import { temporalForTests } from '../kit/temporal/temporal.js';
import type * as planted from './planted-workflows.js';

let temporal: Awaited<ReturnType<typeof temporalForTests>>;
let connection: NativeConnection;
let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('planted-workflows.ts', import.meta.url));
  [temporal, workflowBundle] = await Promise.all([
    temporalForTests(),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  ]);
  connection = await NativeConnection.connect({ address: temporal.server.address });
});
afterAll(async () => {
  await connection?.close();
  await temporal?.stop();
});

/** Runs a planted workflow to its end, by the same code that the check replays it with. */
async function historyOf(workflow: keyof typeof planted): Promise<KeptHistory[]> {
  const { client, started } = notingClient(temporal.client);
  const { namespace } = temporal.server;
  const worker = await Worker.create({ connection, namespace, taskQueue: 'planted', workflowBundle });
  await worker.runUntil(client.workflow.execute(workflow, { workflowId: randomUUID(), taskQueue: 'planted' }));
  return historiesOf(client, started);
}

it.each([
  ['a clock of Node', 'readsClockOfNode', 'readsClock'],
  ['a random number of Node', 'readsRandomOfNode', 'readsRandom'],
  ['the time of Node as a text', 'formatsClockOfNode', 'formatsClock'],
] as const)(
  'a workflow that reads %s fails the check; one that reads what Temporal gives passes',
  async (_, bad, good) => {
    const histories = await historyOf(bad);
    expect(histories.map(({ type }) => type)).toEqual([bad, 'decided']);
    await expect(expectDeterministic(workflowBundle, histories)).rejects.toThrow(
      new RegExp(`^Not deterministic when replayed:\n${histories[0]?.workflowId}: `),
    );
    await expectDeterministic(workflowBundle, await historyOf(good));
  },
);
