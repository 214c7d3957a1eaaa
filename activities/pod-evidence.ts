import type { ClusterClient } from '../clusters/cluster-client.js';
import { KubernetesApiError } from '../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../resources/kube-object.js';
import type { RunRef } from '../resources/run-record.js';
import type { ActivityDependencies } from './dependencies.js';
import { eventsOf, eventTime } from './last-events.js';
import { keepInRunLog } from './run-log.js';

const TAIL_LINES = 200;
/** A node that does not answer must not hold up a cleanup. */
const PATIENCE_MS = 10_000;

/** Keeps with the migration what a pod of ours leaves nowhere else once it is deleted: its events and the end of its containers' logs. */
export async function keepPodEvidence(
  deps: ActivityDependencies,
  run: RunRef,
  client: ClusterClient,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const source = `cluster ${client.name}, ${describeReference(referenceOf(pod))}`;
  await keepInRunLog(deps, run, `${source}, events`, await eventLines(client, pod, signal));
  for (const { name } of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
    await keepInRunLog(deps, run, `${source}, container ${name}`, await logLines(client, pod, name, signal));
  }
}

async function eventLines(client: ClusterClient, pod: KubeObject, signal: AbortSignal): Promise<string[]> {
  const events = await eventsOf(client, pod, { signal });
  return events.map((event) => `${eventTime(event)} ${event.type} ${event.reason}: ${event.message}`);
}

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
    for await (const line of log) lines.push(line);
  } catch (error) {
    signal.throwIfAborted();
    // A container that never started has no log, and a lost node gives none: the events have to do.
    if (!(error instanceof KubernetesApiError) && !patience.aborted) throw error;
  }
  return lines;
}
