import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  type bundleWorkflowCode,
  NativeConnection,
  Runtime,
  type WorkerOptions as SdkWorkerOptions,
  Worker,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { createClusterConnections } from '../activities/kit/cluster-connections.js';
import type { WorkConfig } from '../config/read-config.js';
import type { TemporalTarget } from '../config/temporal-target.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { activityInterceptor } from './activity-interceptor.js';
import { attentionInterceptor } from './attention.js';
import { createActivities } from './create-activities.js';
import { Dispatcher } from './dispatcher.js';
import { MigrationMetrics, telemetry } from './metrics.js';
import { temporalLogger } from './temporal-logger.js';
import { deploymentOptions, refuseIfVersioned, takeOver, type Versioning } from './versioning.js';
import { Watchdog } from './watchdog.js';

/** What a worker may take beyond its drain to say goodbye to Temporal. */
const FORCE_SECONDS = 1;
/** For what remains to be closed then. */
const CLOSE_MS = 1_000;

export interface WorkerOptions extends Omit<WorkConfig, 'versioning'> {
  store: MigrationStore;
  /** For the dispatcher and the watchdog. */
  client: Client;
  temporal: TemporalTarget;
  logger: Logger;
  /** How long running activities may take when the worker closes, before they are cancelled (another worker takes them over). */
  drainSeconds: number;
  /** Path of the prebuilt bundle, or the code itself (tests). */
  workflowBundle: { codePath: string } | Awaited<ReturnType<typeof bundleWorkflowCode>>;
  /** Undefined: a worker without a version, which serves whatever is open. */
  versioning?: Versioning;
}

export interface RunningWorker {
  /** Rejects when a worker failed for good. */
  readonly finished: Promise<void>;
  /** Drains: activities get their time to end, then everything is closed but the store, which belongs to the caller. */
  close(): Promise<void>;
}

/** The workers of all task queues, with the dispatcher that starts workflows and the watchdog that recovers lost ones. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { store, client, logger, temporal, versioning } = options;
  installRuntime(logger, options.metrics);
  if (versioning === undefined) await refuseIfVersioned(client);
  const { namespace, ...connectionOptions } = temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  const clusters = createClusterConnections(store, logger, options.hostCluster, options.addresses);
  const common = {
    connection,
    namespace,
    activities: createActivities({ store, clusters, logger, images: options.images, addresses: options.addresses }),
    interceptors: { activity: [activityInterceptor(store, logger), attentionInterceptor] },
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: `${options.drainSeconds} seconds`,
    // A Temporal that does not answer cannot keep the process.
    shutdownForceTime: `${options.drainSeconds + FORCE_SECONDS} seconds`,
    identity: `worker@${hostname()}/${process.pid}`,
    ...(versioning && deploymentOptions(versioning)),
  } satisfies Partial<SdkWorkerOptions>;
  const control = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.control,
    workflowBundle: options.workflowBundle,
    stickyQueueScheduleToStartTimeout: '2 seconds',
    maxCachedWorkflows: 200,
    maxConcurrentActivityTaskExecutions: 50,
  });
  const wait = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.wait,
    maxConcurrentActivityTaskExecutions: 500,
  });
  const transfers = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.transfers,
    maxConcurrentActivityTaskExecutions: 500,
  });
  const checks = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.checks,
    maxConcurrentActivityTaskExecutions: 50,
  });
  const workers = [control, wait, transfers, checks];
  const running = workers.map((worker) => worker.run());
  const closing = new AbortController();
  const finished = Promise.all(running).then(
    () => undefined,
    (error: unknown) => {
      // What is cut off because Temporal does not answer while the worker closes is taken over by another worker.
      if (!closing.signal.aborted) throw error;
      logger.warn({ err: error }, 'Temporal could not be told of all that ended here');
    },
  );
  const takenOver = versioning && takeOver(client, versioning, logger, closing.signal);

  const dispatcher = new Dispatcher(store, client, logger);
  const watchdog = new Watchdog(store, client, logger);
  const metrics = options.metrics === undefined ? undefined : new MigrationMetrics(store, logger);
  dispatcher.start();
  watchdog.start();
  metrics?.start();

  return {
    finished,
    async close() {
      closing.abort();
      await Promise.all([dispatcher.stop(), watchdog.stop(), metrics?.stop(), takenOver]);
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      const ended = async (): Promise<void> => {
        await Promise.allSettled(running);
        await clusters.close();
        await connection.close();
      };
      // Without a Temporal that answers, the SDK may never be done: what is open then ends with the process.
      const longest = (options.drainSeconds + FORCE_SECONDS) * 1_000 + CLOSE_MS;
      await Promise.race([ended(), pause(longest)]);
    },
  };
}

let installed = false;

/** Once per process: our logger, signals left to the process that owns the worker, and metrics. */
function installRuntime(logger: Logger, metrics: string | undefined): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: temporalLogger(logger),
    shutdownSignals: [],
    ...(metrics !== undefined && telemetry(metrics)),
  });
}
