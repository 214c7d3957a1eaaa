import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound, KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { TAIL_LINES, tellsOfLoss } from '../kit/pod-evidence.js';

const RECONNECT_MS = 500;

/** The end of a running container's log. It is followed, since a pod that is deleted (by its Job at the deadline) takes its log along. */
export class LogTail {
  lines: string[] = [];
  /** Settles when the container has ended, the pod is gone, or the signal has aborted. */
  readonly ended: Promise<void>;

  constructor(
    private readonly client: ClusterClient,
    private readonly container: { namespace: string; name: string; container: string },
    private readonly signal: AbortSignal,
  ) {
    this.ended = this.follow();
  }

  private async follow(): Promise<void> {
    while (!this.signal.aborted) {
      try {
        await this.read();
        return;
      } catch (error) {
        // The connection to the log may be interrupted for a while.
        if (this.signal.aborted || isNotFound(error) || !(error instanceof KubernetesApiError)) return;
      }
      await delay(RECONNECT_MS, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }

  /** What an earlier connection read is sent again: the tail starts from the beginning. */
  private async read(): Promise<void> {
    const lines: string[] = [];
    const options = { follow: true, tailLines: TAIL_LINES, signal: this.signal };
    for await (const line of this.client.logs(this.container, options)) {
      if (tellsOfLoss(line)) continue;
      lines.push(line);
      if (lines.length > TAIL_LINES) lines.shift();
      this.lines = lines;
    }
  }
}
