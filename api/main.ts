import pino from 'pino';
import { createMigrationStore } from '../migrations-db/create-migration-store.js';
import { storeOptionsFromEnvironment } from '../migrations-db/environment.js';
import { startApi } from './start-api.js';

/** The API process alone: DATABASE_URL and MTC_ENCRYPTION_KEY say where the rest is. */
const logger = pino({ name: 'api' });
const store = await createMigrationStore({ ...storeOptionsFromEnvironment(), logger });
const api = await startApi({ store, logger });
logger.info({ url: api.url, kubeconfig: api.kubeconfig }, 'The API listens');

let closing = false;
async function close(signal: string): Promise<void> {
  if (closing) return;
  closing = true;
  logger.info({ signal }, 'The API closes');
  await api.close();
  await store.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal));
