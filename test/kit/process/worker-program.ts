import { processEnvironment } from '../../../config/process-environment.js';
import { readWorkerConfig } from '../../../config/read-config.js';
import { openStore } from '../../../process/open-store.js';
import { runProcess } from '../../../process/run-process.js';
import { openTemporal } from '../../../temporal/open-temporal.js';
import { bundleWorkflows } from '../../../worker/bundle-workflows.js';
import { startWorker } from '../../../worker/create-worker.js';

/** For stopped-worker.test.ts: the worker process, from the sources as they are. */
await runProcess({
  name: 'worker',
  readConfig: () => readWorkerConfig(processEnvironment()),
  async start({ config, logger, onStop }) {
    const { client, connection } = await openTemporal(config.temporal);
    onStop('the connection to Temporal', () => connection.close());
    const store = await openStore(config, logger);
    onStop('the store', () => store.close());
    const workflowBundle = await bundleWorkflows('unversioned');
    const worker = await startWorker({ store, client, logger, workflowBundle, ...config, versioning: undefined });
    onStop('the worker', () => worker.close());
    worker.finished.catch((error: unknown) => logger.warn({ err: error }, 'The worker ended'));
    logger.info('The worker polls');
  },
});
