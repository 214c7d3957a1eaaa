import path from 'node:path';
import pino from 'pino';
import { startApi } from './api/start-api.js';
import { startLocalDefaults } from './local/defaults.js';
import { createMigrationStore } from './migrations-db/create-migration-store.js';
import { storeOptionsFromEnvironment } from './migrations-db/environment.js';
import { connectTemporal, temporalFromEnvironment } from './temporal/connection.js';
import { registerSearchAttributes } from './temporal/search-attributes.js';
import { builtWorkflows } from './worker/bundle-workflows.js';
import { startWorker } from './worker/create-worker.js';
import { versioningFromEnvironment } from './worker/versioning-environment.js';

/**
 * `npm start`: API and worker in one process, on embedded defaults wherever the environment names nothing else. State is in MTC_HOME
 * (default `.mtc`). Prints one JSON line with the addresses when all is up; SIGINT and SIGTERM take everything down in order.
 */
const home = path.resolve(process.env.MTC_HOME ?? '.mtc');
const logger = pino({ name: 'service' });

const defaults = await startLocalDefaults(home, (line) => logger.info(line));
Object.assign(process.env, defaults.environment, { MTC_HOME: home });
const temporal = temporalFromEnvironment();
if (temporal === undefined) throw new Error('The embedded defaults name no Temporal server.');
const { client, connection } = connectTemporal(temporal);
await registerSearchAttributes(connection, temporal.namespace);
const store = await createMigrationStore({ ...storeOptionsFromEnvironment(), logger });
const api = await startApi({ store, logger });
// Its process is replaced, not joined, by the next build: that one must take open runs along.
const versioning = await versioningFromEnvironment(process.env, 'off');
const worker = await startWorker({
  store,
  client,
  temporal,
  logger,
  workflowBundle: builtWorkflows(versioning),
  versioning,
});

console.log(
  JSON.stringify({ announcement: { api: api.url, kubeconfig: api.kubeconfig, temporalUi: defaults.temporalUi } }),
);

let closing = false;
async function close(exitCode: number): Promise<void> {
  if (closing) return;
  closing = true;
  await api.close();
  await worker.close();
  await store.close();
  await connection.close();
  await defaults.stop();
  process.exit(exitCode);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(0));
worker.finished.catch((error: unknown) => {
  logger.fatal({ err: error }, 'The worker failed');
  void close(1);
});
