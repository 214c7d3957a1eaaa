import { setTimeout } from 'node:timers/promises';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isClusterFault } from '../../clusters/cluster-fault.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunCluster } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { fencedClient } from '../kit/fenced-client.js';
import { type Pulse, type Wait, withPulse } from '../kit/pulse.js';
import type { RemovalOutcome } from './contract.js';

/** Between two calls to a cluster that does not answer, or refuses the token. */
const AGAIN_MS = 2_000;

/** It only matters that it answers. */
const ANY_OBJECT = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' } as const;

type RemovalWait = Required<Pick<Wait, 'waitingFor' | 'patienceSeconds' | 'next'>> & {
  /** Seconds a cluster may stay away. */
  answerSeconds: number;
  /** Asked before each change of a cluster whether what is removed may still go; throws what ends the removal. */
  fence?: () => Promise<void>;
};

/**
 * Removes something from one cluster after the other. A cluster that does not answer is asked again until the patience for that is
 * spent; a failure in one is reported and does not keep the others from being cleared.
 */
export async function inEachCluster(
  { clusters }: ActivityDependencies,
  places: readonly RunCluster[],
  { answerSeconds, fence = async () => undefined, ...wait }: RemovalWait,
  remove: (client: ClusterClient, pulse: Pulse) => Promise<number>,
): Promise<RemovalOutcome & { answered: RunCluster[] }> {
  let ended: unknown;
  const admit = (): Promise<void> =>
    fence().catch((error: unknown) => {
      ended = error;
      throw error;
    });
  const outcome = { removed: 0, errors: [] as string[], answered: [] as RunCluster[] };
  for (const place of places) {
    const where = `cluster ${place.name}`;
    const connect = (pulse: Pulse): Promise<void> =>
      untilAnswered(pulse, async () => {
        await (await clusters.connect(place)).get(ANY_OBJECT, { signal: pulse.signal });
      });
    const clear = (pulse: Pulse): Promise<void> =>
      untilAnswered(pulse, async () => {
        outcome.removed += await remove(fencedClient(await clusters.connect(place), admit), pulse);
      });
    try {
      await withPulse({ waitingFor: `${where} to answer`, where, patienceSeconds: answerSeconds }, connect);
      outcome.answered.push(place);
      await withPulse({ ...wait, where }, clear);
    } catch (error) {
      if (ended !== undefined || !isClusterFault(error)) throw error;
      outcome.errors.push(`Cluster ${place.name}: ${error.message}`);
    }
  }
  return outcome;
}

async function untilAnswered(pulse: Pulse, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      pulse.observe(error.message);
      await setTimeout(AGAIN_MS, undefined, { signal: pulse.signal });
    }
  }
}

const mayPass = (error: unknown): error is Error =>
  error instanceof KubernetesApiError
    ? error.retryable || error.code === 401
    : error instanceof StepFailure &&
      [FAILURE.Unreachable, FAILURE.CredentialsRejected].some((type) => type === error.report.type);
