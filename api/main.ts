import { processEnvironment } from '../config/process-environment.js';
import { readApiConfig } from '../config/read-config.js';
import { openStore } from '../process/open-store.js';
import { runProcess } from '../process/run-process.js';
import { startApi } from './start-api.js';

/** So long readiness fails before the API stops taking requests; what is left of the drain time is for what has begun. */
const GRACE_SECONDS = 5;

/** The API process alone. */
await runProcess({
  name: 'api',
  readConfig: () => readApiConfig(processEnvironment()),
  async start({ config, logger, onStop }) {
    const store = await openStore(config, logger);
    onStop('the store', () => store.close());
    const api = await startApi({ store, logger, config, graceSeconds: Math.min(GRACE_SECONDS, config.drainSeconds) });
    onStop('the API', () => api.close());
    logger.info({ url: api.url, kubeconfig: api.kubeconfig }, 'The API listens');
  },
});
