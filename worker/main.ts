import { processEnvironment } from '../config/process-environment.js';
import { readWorkerConfig } from '../config/read-config.js';
import { openStore } from '../process/open-store.js';
import { runProcess } from '../process/run-process.js';
import { openTemporal } from '../temporal/open-temporal.js';
import { builtWorkflows } from './bundle-workflows.js';
import { startWorker } from './create-worker.js';
import { readVersioning } from './read-versioning.js';

/** The worker process alone. */
await runProcess({
  name: 'worker',
  readConfig: () => readWorkerConfig(processEnvironment()),
  async start({ config, logger, onStop, fail }) {
    const { client, connection, warning } = await openTemporal(config.temporal);
    onStop('the connection to Temporal', () => connection.close());
    if (warning) logger.warn(warning);
    const store = await openStore(config, logger);
    onStop('the store', () => store.close());
    const versioning = await readVersioning(config.versioning, 'on');
    const workflowBundle = builtWorkflows(versioning);
    const worker = await startWorker({ store, client, logger, workflowBundle, ...config, versioning });
    onStop('the worker', () => worker.close());
    worker.finished.catch((error: unknown) => fail('The worker failed', error));
    logger.info({ temporal: config.temporal.address }, 'The worker polls');
  },
});
