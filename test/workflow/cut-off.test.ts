import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { throwIfLeaseLost } from '../../activities/kit/lease.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { activityInterceptor } from '../../worker/activity-interceptor.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import { cuttableProxy } from '../kit/temporal/cuttable-proxy.js';
import { ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { workflowBundle } from '../kit/temporal/shared-temporal.js';
import { type TestTemporal, temporalForTests } from '../kit/temporal/temporal.js';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await temporalForTests();
});
afterAll(() => temporal?.stop());

it('an attempt of a worker that Temporal does not hear any more ends itself before the next one begins', async () => {
  const { server, client } = temporal;
  const proxy = await cuttableProxy(server.address);
  const steps: { at: number; worker: string }[] = [];
  const working = (worker: string) => async () => {
    for (;;) {
      throwIfLeaseLost();
      steps.push({ at: performance.now(), worker });
      if (worker === 'next') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
      Context.current().cancellationSignal.throwIfAborted();
    }
  };
  const bundle = await workflowBundle();
  const start = async (name: string, address: string) => {
    const connection = await NativeConnection.connect({ address });
    const activities = new ScriptedActivities(runSummary(), { waitForTurn: working(name) }).build();
    const common = {
      connection,
      namespace: server.namespace,
      activities,
      interceptors: { activity: [activityInterceptor({} as MigrationStore, pino({ level: 'silent' }))] },
      shutdownGraceTime: '1 second',
      shutdownForceTime: '5 seconds',
    };
    const workers = [
      await Worker.create({ ...common, taskQueue: 'control', workflowBundle: bundle }),
      await Worker.create({ ...common, taskQueue: 'wait' }),
    ];
    return { connection, workers, running: Promise.allSettled(workers.map((worker) => worker.run())) };
  };
  const first = await start('first', proxy.address);
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cut-off',
    uid: randomUUID(),
    attempt: 1,
  };
  const handle = await client.workflow.start('migration', {
    workflowId: migrationWorkflowId(ref),
    taskQueue: 'control',
    args: [{ run: ref, itinerary: 'Stage' }],
  });
  await expect.poll(() => steps.length, { timeout: 60_000 }).toBeGreaterThan(5);
  proxy.cut();
  const next = await start('next', server.address);
  try {
    await expect.poll(() => steps.some(({ worker }) => worker === 'next'), { timeout: 60_000 }).toBe(true);
    const begun = steps.find(({ worker }) => worker === 'next')?.at ?? 0;
    const last = steps.findLast(({ worker }) => worker === 'first')?.at ?? 0;
    expect(last).toBeLessThan(begun);
    // And it stays so.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(steps.findLast(({ worker }) => worker === 'first')?.at).toBe(last);
  } finally {
    await handle.terminate('the test is over');
    for (const { workers } of [first, next]) for (const worker of workers) worker.shutdown();
    proxy.close();
    await Promise.all([first.running, next.running]);
    await Promise.allSettled([first.connection.close(), next.connection.close()]);
  }
});
