import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound, KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from './dependencies.js';
import { eventsOf, eventTime } from './last-events.js';
import { keepInRunLog } from './run-log.js';

export const TAIL_LINES = 200;
/** A node that does not answer must not hold up a cleanup. */
const PATIENCE_MS = 10_000;

/**
 * Keeps with the migration what is lost when a pod of ours is deleted: its events and the end of its containers' logs.
 *
 * @param tails by container, what was read of a log before the pod went
 */
export async function keepPodEvidence(
  deps: ActivityDependencies,
  run: RunRef,
  client: ClusterClient,
  pod: KubeObject,
  signal: AbortSignal,
  tails: Record<string, readonly string[]> = {},
): Promise<void> {
  const source = `cluster ${client.name}, ${describeReference(referenceOf(pod))}`;
  await keepInRunLog(deps, run, `${source}, events`, await eventLines(client, pod, signal));
  for (const { name } of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
    const lines = await logLines(client, pod, name, signal);
    await keepInRunLog(deps, run, `${source}, container ${name}`, lines.length > 0 ? lines : (tails[name] ?? []));
  }
}

export const isEvidenceKept = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[ANNOTATIONS.evidenceKept] !== undefined;

/** The same, once for each pod, however many activities handle it: what is kept is marked on the pod. */
export async function keepPodEvidenceOnce(
  ...[deps, run, client, pod, signal, tails]: Parameters<typeof keepPodEvidence>
): Promise<void> {
  if (isEvidenceKept(pod)) return;
  await keepPodEvidence(deps, run, client, pod, signal, tails);
  try {
    await client.patch(
      referenceOf(pod),
      { metadata: { annotations: { [ANNOTATIONS.evidenceKept]: 'true' } } },
      { type: 'merge', signal },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function eventLines(client: ClusterClient, pod: KubeObject, signal: AbortSignal): Promise<string[]> {
  const events = await eventsOf(client, pod, signal);
  return events.map((event) => `${eventTime(event)} ${event.type} ${event.reason}: ${event.message}`);
}

/** The end of a container's log as it is now; empty when there is none. */
async function logLines(
  client: ClusterClient,
  pod: KubeObject,
  container: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace = '', name } = pod.metadata;
  const lines: string[] = [];
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const log = client.logs(
      { namespace, name, container },
      { tailLines: TAIL_LINES, signal: AbortSignal.any([signal, patience]) },
    );
    for await (const line of log) if (!tellsOfLoss(line)) lines.push(line);
  } catch (error) {
    signal.throwIfAborted();
    // A container that never started has no log, and a lost node gives none: then the events must be enough.
    if (!(error instanceof KubernetesApiError) && !patience.aborted) throw error;
  }
  return lines;
}

/** What a node answers, as if it were the log, when the container is gone already. */
export const tellsOfLoss = (line: string): boolean => line.startsWith('unable to retrieve container logs for ');
