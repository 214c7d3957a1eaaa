import type { Client, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { expect } from 'vitest';
import type { RunItinerary, RunRef } from '../../../resources/run/run-record.js';
import type { MigrationInput } from '../../../temporal/contract/inputs.js';
import { migrationWorkflowId, recoverWorkflowId } from '../../../temporal/contract/workflow-ids.js';
import { attentionInterceptor } from '../../../worker/attention.js';
import type { migration } from '../../../workflows/roots/migration.js';
import type { recover } from '../../../workflows/roots/recover.js';
import { historiesOf, type KeptHistory, notingClient } from './histories.js';
import { expectDeterministic, type WorkflowBundle } from './replay-check.js';
import type { ScriptedActivities } from './scripted-activities.js';
import { workflowBundle } from './shared-temporal.js';
import { type TestTemporal, temporalForTests } from './temporal.js';
import { workersOfActivities } from './workers-of-activities.js';

type Handle = WorkflowHandle<typeof migration>;

/** The workflows as they are, in a Temporal namespace of the test file's own, with activities that follow a script. */
export class ScriptedWorker {
  private constructor(
    private readonly temporal: TestTemporal,
    private readonly connection: NativeConnection,
    private readonly workflowBundle: WorkflowBundle,
  ) {}

  static async start(): Promise<ScriptedWorker> {
    const [temporal, bundle] = await Promise.all([temporalForTests(), workflowBundle()]);
    const connection = await NativeConnection.connect({ address: temporal.server.address });
    return new ScriptedWorker(temporal, connection, bundle);
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.temporal.stop();
  }

  /** Starts a root workflow and lets the workers run until `drive` has ended. */
  async run(
    activities: ScriptedActivities,
    root: { workflow: 'migration' | 'directVolumeMigration'; input: MigrationInput },
    drive: (handle: Handle, client: Client) => Promise<void>,
  ): Promise<KeptHistory[]> {
    return this.serve(activities, async (client) => {
      const handle = await client.workflow.start<typeof migration>(root.workflow, {
        workflowId: migrationWorkflowId(root.input.run),
        taskQueue: 'control',
        args: [root.input],
      });
      await drive(handle, client);
    });
  }

  /**
   * Lets the workers run until `drive` has ended. Every workflow that it started through the client, and every child of those, is replayed
   * at once, and the test fails where one is not deterministic.
   *
   * @returns what was replayed
   */
  async serve(activities: ScriptedActivities, drive: (client: Client) => Promise<void>): Promise<KeptHistory[]> {
    const { server } = this.temporal;
    const { client, started } = notingClient(this.temporal.client);
    const common = {
      connection: this.connection,
      namespace: server.namespace,
      activities: activities.build(),
      interceptors: { activity: [attentionInterceptor] },
      maxHeartbeatThrottleInterval: '100ms',
    } satisfies Partial<WorkerOptions>;
    const control = await Worker.create({ ...common, taskQueue: 'control', workflowBundle: this.workflowBundle });
    const others = await workersOfActivities(common);
    const running = others.map((worker) => worker.run());
    try {
      await control.runUntil(drive(client));
    } finally {
      for (const worker of others) worker.shutdown();
      await Promise.all(running);
    }
    const histories = await historiesOf(client, started);
    await expectDeterministic(this.workflowBundle, histories);
    return histories;
  }
}

export const untilCalled = async (activities: ScriptedActivities, name: string): Promise<void> => {
  await expect.poll(() => activities.calls, { timeout: 45_000 }).toContain(name);
};

/** The recovery of a run whose root workflow was terminated, as the watchdog starts it. */
export const startRecovery = (client: Client, run: RunRef, itinerary: RunItinerary) =>
  client.workflow.start<typeof recover>('recover', {
    workflowId: recoverWorkflowId(run),
    taskQueue: 'control',
    args: [{ run, itinerary }],
  });
