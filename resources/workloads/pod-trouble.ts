import type { KubeObject } from '../meta/kube-object.js';

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: {
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; exitCode?: number; message?: string };
  };
}

/** Otherwise the message of what has ended is the process's own, or the end of its log: it may hold anything. */
const FROM_THE_NODE: ReadonlySet<string> = new Set(['ContainerCannotRun', 'StartError', 'ContainerStatusUnknown']);

/** Why a pod is not ready, as its status tells; undefined when it is, or tells nothing. */
export function troubleOf(pod: KubeObject): string | undefined {
  const { status = {}, metadata } = pod;
  const containers: ContainerStatus[] = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const { name, state } of containers) {
    const waiting = state?.waiting;
    if (waiting?.reason && waiting.reason !== 'PodInitializing' && waiting.reason !== 'ContainerCreating') {
      return sentence(`container ${name} waits with ${waiting.reason}`, waiting.message);
    }
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0) {
      return sentence(
        `container ${name} ended with ${ended.reason ?? 'Error'}, exit code ${ended.exitCode}`,
        FROM_THE_NODE.has(ended.reason ?? '') ? ended.message : undefined,
      );
    }
  }
  const conditions: { type: string; status: string; reason?: string; message?: string }[] = status.conditions ?? [];
  const failing = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']
    .map((type) => conditions.find((condition) => condition.type === type && condition.status === 'False'))
    .find(Boolean);
  return failing && sentence(failing.reason ?? `${failing.type} is False`, failing.message);

  function sentence(what: string, why: string | undefined): string {
    return `Pod ${metadata.name}: ${what}${why ? ` (${why})` : ''}`;
  }
}
