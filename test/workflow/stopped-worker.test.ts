import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';
import { SpawnedProgram } from '../kit/process/spawn-program.js';
import { cuttableProxy } from '../kit/temporal/cuttable-proxy.js';
import { type TestTemporal, temporalForTests } from '../kit/temporal/temporal.js';

const DRAIN_SECONDS = 5;
const LONGEST_STOP_MS = 10_000;

let temporary: TemporaryStore;
let temporal: TestTemporal;
beforeAll(async () => {
  [temporary, temporal] = await Promise.all([startTemporaryStore(), temporalForTests()]);
});
afterAll(async () => {
  await temporary?.remove();
  await temporal?.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const newCluster = (name: string) =>
  temporary.store.resources.create(
    {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigCluster',
      metadata: { name, namespace: 'openshift-migration' },
      spec: { isHostCluster: false, url: 'https://127.0.0.1:1' },
    },
    { actor: SYSTEM_ACTOR },
  );

it('a worker tells its metrics, and ends in time on SIGTERM while Temporal does not answer', async () => {
  const proxy = await cuttableProxy(temporal.server.address);
  const metrics = `127.0.0.1:${await freePort()}`;
  const worker = SpawnedProgram.start('test/kit/process/worker-program.ts', {
    ...temporary.environment,
    TEMPORAL_ADDRESS: proxy.address,
    TEMPORAL_NAMESPACE: temporal.server.namespace,
    MTC_WORKER_VERSIONING: 'off',
    MTC_WORKER_METRICS: metrics,
    MTC_DRAIN_SECONDS: String(DRAIN_SECONDS),
  });
  await worker.says('The worker polls');
  await newCluster('checked');
  const told = async () => (await fetch(`http://${metrics}/metrics`)).text();
  for (const name of [
    'mtc_outbox_age_seconds',
    'mtc_runs_held_up',
    'mtc_longest_downtime_seconds',
    'temporal_worker_task_slots_available',
    'temporal_activity_schedule_to_start_latency',
  ]) {
    await expect.poll(told, { timeout: 30_000 }).toContain(name);
  }
  proxy.cut();
  await newCluster('not-told');
  // Its delivery is under way.
  await pause(1_000);
  const began = Date.now();
  worker.kill('SIGTERM');
  const ended = await worker.end();
  expect(Date.now() - began, ended.stdout.slice(-2_000)).toBeLessThanOrEqual(LONGEST_STOP_MS);
  expect(ended.stdout).not.toContain('although the worker had not stopped');
  proxy.close();
}, 150_000);
