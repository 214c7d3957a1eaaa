import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { expect } from 'vitest';
import type { RunItinerary, RunRef } from '../../../resources/run/run-record.js';
import type { MigrationInput } from '../../../temporal/contract/inputs.js';
import { migrationWorkflowId, recoverWorkflowId } from '../../../temporal/contract/workflow-ids.js';
import { attentionInterceptor } from '../../../worker/attention.js';
import type { migration } from '../../../workflows/roots/migration.js';
import type { recover } from '../../../workflows/roots/recover.js';
import { recordHistory } from './record-history.js';
import type { ScriptedActivities } from './scripted-activities.js';
import { temporalForTests } from './temporal.js';

type Handle = WorkflowHandle<typeof migration>;

/** The workflows as they are, on a Temporal server of the test file's own, with activities that follow a script. */
export class ScriptedWorker {
  private constructor(
    private readonly temporal: Awaited<ReturnType<typeof temporalForTests>>,
    private readonly connection: NativeConnection,
    private readonly workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>,
  ) {}

  static async start(): Promise<ScriptedWorker> {
    const workflowsPath = fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url));
    const [temporal, bundle] = await Promise.all([
      temporalForTests(),
      bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    ]);
    const connection = await NativeConnection.connect({ address: temporal.server.address });
    return new ScriptedWorker(temporal, connection, bundle);
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.temporal.stop();
  }

  /** Starts a root workflow and lets the workers run until `drive` has ended; keeps the histories for the replay tests. */
  async run(
    activities: ScriptedActivities,
    root: { workflow: 'migration' | 'directVolumeMigration'; input: MigrationInput },
    drive: (handle: Handle, client: Client) => Promise<void>,
  ): Promise<void> {
    await this.serve(activities, async (client) => {
      const handle = await client.workflow.start<typeof migration>(root.workflow, {
        workflowId: migrationWorkflowId(root.input.run),
        taskQueue: 'control',
        args: [root.input],
      });
      await drive(handle, client);
    });
    await this.recordHistories(migrationWorkflowId(root.input.run));
  }

  /** Lets the workers run until `drive` has ended. Workflows are started by it, or by what it starts. */
  async serve(activities: ScriptedActivities, drive: (client: Client) => Promise<void>): Promise<void> {
    const { client, server } = this.temporal;
    const common = {
      connection: this.connection,
      namespace: server.namespace,
      activities: activities.build(),
      interceptors: { activity: [attentionInterceptor] },
      maxHeartbeatThrottleInterval: '100ms',
    } satisfies Partial<WorkerOptions>;
    const control = await Worker.create({ ...common, taskQueue: 'control', workflowBundle: this.workflowBundle });
    const wait = await Worker.create({ ...common, taskQueue: 'wait' });
    await wait.runUntil(control.runUntil(drive(client)));
  }

  /** The root's history and those of its steps, named after the test. */
  private async recordHistories(workflowId: string): Promise<void> {
    const { client } = this.temporal;
    const test = (expect.getState().currentTestName ?? '').replaceAll(/[^a-z]+/gi, '-');
    const uid = workflowId.split('/').at(-1) ?? '';
    for await (const { workflowId: id } of client.workflow.list()) {
      const part = id.split(uid)[1];
      if (part === undefined) continue;
      await recordHistory(
        client,
        id,
        `${test}${part.replaceAll('/', '.')}${id.startsWith('recover') ? '.recover' : ''}`,
      );
    }
  }
}

export const untilDeed = async (activities: ScriptedActivities, name: string): Promise<void> => {
  await expect.poll(() => activities.deeds, { timeout: 20_000 }).toContain(name);
};

/** The recovery of a run whose root workflow was terminated, as the watchdog starts it. */
export const startRecovery = (client: Client, run: RunRef, itinerary: RunItinerary) =>
  client.workflow.start<typeof recover>('recover', {
    workflowId: recoverWorkflowId(run),
    taskQueue: 'control',
    args: [{ run, itinerary }],
  });
