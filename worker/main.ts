import pino from 'pino';
import { createMigrationStore } from '../migrations-db/create-migration-store.js';
import { storeOptionsFromEnvironment } from '../migrations-db/environment.js';
import { connectTemporal, temporalFromEnvironment } from '../temporal/connection.js';
import { registerSearchAttributes } from '../temporal/search-attributes.js';
import { builtWorkflows } from './bundle-workflows.js';
import { startWorker } from './create-worker.js';
import { versioningFromEnvironment } from './versioning-environment.js';

/** The worker process alone: DATABASE_URL, MTC_ENCRYPTION_KEY and TEMPORAL_ADDRESS say where the rest is. */
const logger = pino({ name: 'worker' });
const temporal = temporalFromEnvironment();
if (temporal === undefined) throw new Error('TEMPORAL_ADDRESS is not set: it names the Temporal server (host:port).');
const { client, connection } = connectTemporal(temporal);
await registerSearchAttributes(connection, temporal.namespace);
const store = await createMigrationStore({ ...storeOptionsFromEnvironment(), logger });
const versioning = await versioningFromEnvironment(process.env, 'on');
const worker = await startWorker({
  store,
  client,
  temporal,
  logger,
  workflowBundle: builtWorkflows(versioning),
  versioning,
});
logger.info({ temporal: temporal.address }, 'The worker polls');

let closing = false;
async function close(signal: string): Promise<void> {
  if (closing) return;
  closing = true;
  logger.info({ signal }, 'The worker drains');
  await worker.close();
  await store.close();
  await connection.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal));
worker.finished.catch((error: unknown) => {
  logger.fatal({ err: error }, 'The worker failed');
  process.exit(1);
});
