import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import {
  DEPLOYMENT,
  isRefusedForNow,
  makeCurrent,
  queuesOfBuild,
  readWorkerBuilds,
} from '../temporal/worker-builds.js';

/** How a worker takes part in Worker Versioning. */
export interface Versioning {
  buildId: string;
  /** Whether a build that Temporal has not seen before becomes the current one by itself. */
  takesOver: boolean;
}

/** Runs stay on the build that began them; reconcilers say of themselves that they move over. */
export const deploymentOptions = ({ buildId }: Versioning): Pick<WorkerOptions, 'workerDeploymentOptions'> => ({
  workerDeploymentOptions: {
    version: { deploymentName: DEPLOYMENT, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  },
});

/**
 * A worker without a version gets no work in a namespace that a build is the current one of.
 *
 * @throws Error naming the variable
 */
export async function refuseIfVersioned(client: Client): Promise<void> {
  const known = await readWorkerBuilds(client).catch(() => undefined);
  const current = known?.builds.find((build) => build.current);
  if (current === undefined) return;
  throw new Error(
    `MTC_WORKER_VERSIONING is off, and build ${current.buildId} is the current one of the Worker Deployment ${DEPLOYMENT} in the Temporal ` +
      `namespace ${client.options.namespace}: this worker would get no work. Set MTC_WORKER_VERSIONING=on, or end versioning there with: ` +
      `temporal worker deployment set-current-version --deployment-name ${DEPLOYMENT} --unversioned`,
  );
}

const LOOK_AGAIN_MS = 250;
const TELL_AFTER_MS = 30_000;

/**
 * Makes a build the current one when it is new. One that was current before, e.g. an older one whose process restarts while it drains,
 * takes over nothing by itself. Tries until this is decided, or until `signal` is aborted.
 */
export async function takeOver(
  client: Client,
  { buildId, takesOver }: Versioning,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const tellAt = Date.now() + TELL_AFTER_MS;
  for (let told = false; !signal.aborted; await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)) {
    try {
      if (await decided(client, { buildId, takesOver }, logger)) return;
    } catch (error) {
      if (!told && (Date.now() > tellAt || !isRefusedForNow(error))) {
        told = true;
        logger.warn(
          { err: error, buildId },
          'Whether this build is the current one could not be determined; trying again',
        );
      }
    }
  }
}

/** @returns false as long as Temporal has not heard of all the queues of the build */
async function decided(client: Client, { buildId, takesOver }: Versioning, logger: Logger): Promise<boolean> {
  const known = await readWorkerBuilds(client);
  const build = known?.builds.find((candidate) => candidate.buildId === buildId);
  if (known === undefined || build === undefined) return false;
  const promote = `npm run worker-builds -- --promote ${buildId}`;
  if (build.current) {
    logger.info({ buildId }, 'This build is the current one');
    return true;
  }
  if (build.tookOver || !takesOver) {
    const why = build.tookOver ? 'another has taken over from it' : 'MTC_WORKER_VERSIONING is manual';
    logger.info(
      { buildId },
      `This build works only for the runs it began: ${why}. It becomes the current one with: ${promote}`,
    );
    return true;
  }
  const queues = await queuesOfBuild(client, buildId);
  if (!Object.values(TASK_QUEUES).every((queue) => queues.includes(queue))) return false;
  await makeCurrent(client, buildId, known.conflictToken);
  logger.info({ buildId }, 'This build is new and has become the current one');
  return true;
}
