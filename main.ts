import { startApi } from './api/start-api.js';
import { processEnvironment } from './config/process-environment.js';
import { readAllInOneConfig } from './config/read-config.js';
import { startLocalDefaults } from './local/defaults.js';
import { openStore } from './process/open-store.js';
import { runProcess } from './process/run-process.js';
import { openTemporal } from './temporal/open-temporal.js';
import { builtWorkflows } from './worker/bundle-workflows.js';
import { startWorker } from './worker/create-worker.js';
import { readVersioning } from './worker/read-versioning.js';

/**
 * `npm start`: API and worker in one process, on embedded defaults wherever the environment names nothing else. State is in MTC_HOME.
 * Prints one JSON line with the addresses when all is up.
 */
await runProcess({
  name: 'service',
  readConfig: () => readAllInOneConfig(processEnvironment()),
  async start({ config, logger, onStop, fail }) {
    const defaults = await startLocalDefaults(config.home, (line) => logger.info(line), config);
    onStop('Postgres and Temporal', () => defaults.stop());
    const { temporal } = defaults;
    const { client, connection, warning } = await openTemporal(temporal);
    onStop('the connection to Temporal', () => connection.close());
    if (warning) logger.warn(warning);
    const store = await openStore(defaults, logger);
    onStop('the store', () => store.close());
    // Its process is replaced, not joined, by the next build: that one must take open runs along.
    const versioning = await readVersioning(config.versioning, 'off');
    const workflowBundle = builtWorkflows(versioning);
    const worker = await startWorker({ store, client, logger, workflowBundle, ...config, temporal, versioning });
    onStop('the worker', () => worker.close());
    worker.finished.catch((error: unknown) => fail('The worker failed', error));
    const api = await startApi({ store, logger, config });
    onStop('the API', () => api.close());
    console.log(
      JSON.stringify({ announcement: { api: api.url, kubeconfig: api.kubeconfig, temporalUi: defaults.temporalUi } }),
    );
  },
});
