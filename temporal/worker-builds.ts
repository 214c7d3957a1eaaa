import type { Client } from '@temporalio/client';

/** The Worker Deployment that all builds of our worker are versions of; one installation has a Temporal namespace for itself. */
export const DEPLOYMENT = 'migration-toolkit';

/** A build of the worker that Temporal has seen. */
export interface WorkerBuild {
  buildId: string;
  /** It gets new runs, and the reconcilers. */
  current: boolean;
  /** It is or once was the current one. */
  tookOver: boolean;
  /** `draining` while runs of it are open, `drained` when none is; undefined for the current one and for one that never was. */
  drainage?: 'draining' | 'drained';
}

export interface WorkerBuilds {
  builds: WorkerBuild[];
  /** Shows Temporal which state a change was based on: it refuses a change that another has overtaken. */
  conflictToken: Uint8Array;
}

/** Temporal's PinnedOverrideBehavior. */
const PINNED = 1;

const GRPC = { NOT_FOUND: 5, FAILED_PRECONDITION: 9, ABORTED: 10, UNIMPLEMENTED: 12 } as const;
const DRAINAGE = [undefined, 'draining', 'drained'] as const;
const isGrpc = (error: unknown, ...codes: number[]): boolean => codes.includes((error as { code?: number }).code ?? -1);

/** Temporal answered that it cannot do this now, e.g. because it has not heard of a new build yet. */
export const isRefusedForNow = (error: unknown): boolean =>
  isGrpc(error, GRPC.NOT_FOUND, GRPC.FAILED_PRECONDITION, GRPC.ABORTED);

/**
 * All builds that polled; undefined when none ever did.
 *
 * @throws Error with a remedy when the server has no Worker Deployments
 */
export async function readWorkerBuilds(client: Client): Promise<WorkerBuilds | undefined> {
  try {
    const { conflictToken, workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName: DEPLOYMENT,
    });
    const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    const builds = (workerDeploymentInfo?.versionSummaries ?? []).map((summary): WorkerBuild => {
      const buildId = summary.deploymentVersion?.buildId ?? '';
      return {
        buildId,
        current: buildId === current,
        tookOver: buildId === current || Boolean(summary.firstActivationTime),
        drainage: DRAINAGE[summary.drainageInfo?.status ?? 0],
      };
    });
    return { builds, conflictToken };
  } catch (error) {
    if (isGrpc(error, GRPC.NOT_FOUND)) return undefined;
    if (!isGrpc(error, GRPC.UNIMPLEMENTED)) throw error;
    throw new Error(
      'This Temporal server has no Worker Deployments (version 1.28 and later have): set MTC_WORKER_VERSIONING=off.',
      { cause: error },
    );
  }
}

/** Task queues that Temporal has seen a build poll. */
export async function queuesOfBuild(client: Client, buildId: string): Promise<string[]> {
  const { workerDeploymentVersionInfo } = await client.workflowService.describeWorkerDeploymentVersion({
    namespace: client.options.namespace,
    deploymentVersion: { deploymentName: DEPLOYMENT, buildId },
  });
  return [...new Set((workerDeploymentVersionInfo?.taskQueueInfos ?? []).map(({ name }) => name ?? ''))];
}

/** From now on new runs begin on this build, and reconcilers move over to it. Empty: on workers without a version. */
export async function makeCurrent(client: Client, buildId: string, conflictToken?: Uint8Array): Promise<void> {
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace: client.options.namespace,
    deploymentName: DEPLOYMENT,
    buildId,
    conflictToken,
    identity: client.options.identity,
  });
}

/**
 * Moves the open runs of a build to the current one: for a build whose workers are gone and do not come back. What the current build would
 * not have done in the same way fails there, and has to be terminated; its recovery then unwinds it.
 *
 * @returns the workflows that moved
 */
export async function moveRuns(client: Client, from: string): Promise<string[]> {
  const current = (await readWorkerBuilds(client))?.builds.find((build) => build.current);
  if (current === undefined || current.buildId === from) {
    throw new Error(
      `The runs of build ${from} can move only to another build that is the current one: promote one first.`,
    );
  }
  const moved: string[] = [];
  const query = `TemporalWorkerDeploymentVersion = "${DEPLOYMENT}:${from}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    await client.workflowService.updateWorkflowExecutionOptions({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
      workflowExecutionOptions: {
        versioningOverride: {
          pinned: { behavior: PINNED, version: { deploymentName: DEPLOYMENT, buildId: current.buildId } },
        },
      },
      updateMask: { paths: ['versioning_override'] },
      identity: client.options.identity,
    });
    moved.push(workflowId);
  }
  return moved;
}
