import { setTimeout as delay } from 'node:timers/promises';
import { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';
import { type KubeObject, POD, referenceOf } from '../../../resources/meta/kube-object.js';
import { isFinishedPod } from '../../../resources/workloads/ownership.js';
import { troubleOf } from '../../../resources/workloads/pod-trouble.js';
import { watchSharedPods } from '../../kit/shared-pods.js';
import { StartPatience } from '../../kit/start-patience.js';
import { aborted, untilFirst } from '../../kit/until-first.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { type ClientEvent, parseClientEvent, parseTransferReport, type TransferReport } from './client-events.js';
import { TRANSFER_CONTAINER } from './transfer-pod.js';

/** How a client pod ended: with a report, or lost (deleted, evicted, killed) before it could make one. */
export type ClientEnd = { report: TransferReport } | { report?: undefined; lost: string };

const RECONNECT_MS = 500;
/** The last progress and the result, when a log is opened again. */
const TAIL_LINES = 20;

/**
 * Follows a client pod to its end, by its log and by its status: the log is faster by seconds, the status cannot get lost.
 *
 * @param listen is called with what the log says until then
 * @returns with the pod as it was seen last
 * @throws StepFailure PodStuck
 */
export async function followClient(
  live: LiveVolumeRun,
  pod: KubeObject,
  listen: (event: ClientEvent) => void,
): Promise<ClientEnd & { last: KubeObject }> {
  let last = pod;
  const started = Promise.withResolvers<void>();
  const end = await untilFirst<ClientEnd>(live.signal, [
    (signal) =>
      endByStatus({ ...live, signal }, pod, (seen) => {
        last = seen;
        if (hasStarted(seen)) started.resolve();
      }),
    async (signal) => {
      await Promise.race([started.promise, aborted(signal)]);
      return { report: await reportByLog({ ...live, signal }, pod, listen) };
    },
  ]);
  return { ...end, last };
}

async function endByStatus(
  { record, source, signal }: LiveVolumeRun,
  { metadata }: KubeObject,
  onSeen: (pod: KubeObject) => void,
): Promise<ClientEnd> {
  const patience = new StartPatience(source, record.settings.patience.pod);
  const watch = watchSharedPods(source, {
    namespace: metadata.namespace ?? '',
    fieldSelector: `metadata.name=${metadata.name}`,
    signal: AbortSignal.any([signal, patience.signal]),
  });
  try {
    for await (const event of watch) {
      // What the watch has seen so far may be older than the pod.
      const pod =
        event.type === 'SYNCED'
          ? (event.objects[0] ?? (await source.get(referenceOf({ ...POD, metadata }), { signal })))
          : event.object;
      if (!pod || event.type === 'DELETED') return { lost: `Pod ${metadata.name} was deleted.` };
      onSeen(pod);
      const { state } = containerOf(pod);
      if (hasStarted(pod)) {
        patience.stop();
      } else if (!isFinishedPod(pod)) {
        patience.waiting(pod);
      }
      if (state?.terminated || isFinishedPod(pod)) return endOf(pod);
    }
  } finally {
    patience.stop();
  }
  throw new Error('unreachable: a watch has no end');
}

interface ContainerStatus {
  name: string;
  state?: { running?: object; terminated?: { message?: string } };
}

/** Ours, whatever a mesh or an agent has put beside it. */
const containerOf = ({ status }: KubeObject): Partial<ContainerStatus> =>
  status?.containerStatuses?.find(({ name }: ContainerStatus) => name === TRANSFER_CONTAINER) ?? {};

const hasStarted = (pod: KubeObject): boolean => {
  const { state } = containerOf(pod);
  return (state?.running ?? state?.terminated) !== undefined;
};

/** Of a pod that has ended, as far as its status tells. */
function endOf(pod: KubeObject): ClientEnd {
  const report = parseTransferReport(containerOf(pod).state?.terminated?.message);
  if (report) return { report };
  const { reason, message } = pod.status ?? {};
  const why = reason ? `Pod ${pod.metadata.name}: ${reason}${message ? ` (${message})` : ''}` : troubleOf(pod);
  return { lost: why ?? `Pod ${pod.metadata.name} ended without a result.` };
}

async function reportByLog(
  { source, signal }: LiveVolumeRun,
  { metadata: { namespace = '', name } }: KubeObject,
  listen: (event: ClientEvent) => void,
): Promise<TransferReport> {
  for (;;) {
    try {
      const container = { namespace, name, container: TRANSFER_CONTAINER };
      for await (const line of source.logs(container, { follow: true, tailLines: TAIL_LINES, signal })) {
        const event = parseClientEvent(line);
        if (event?.event === 'result') return event;
        if (event) listen(event);
      }
    } catch (error) {
      signal.throwIfAborted();
      // The way to the log may be cut for a while; the status has the last word.
      if (!(error instanceof KubernetesApiError)) throw error;
    }
    await delay(RECONNECT_MS, undefined, { signal });
  }
}
