import type { ClusterClient, WatchEvent } from '../../../clusters/cluster-client.js';
import { connectCluster } from '../../../clusters/connect-cluster.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { administratorOf } from '../cluster/real-cluster.js';

type Side = 'source' | 'target';

/** Sees every state of an application's pods on both sides, and keeps the moments at which more than one of them ran. */
export class OneSideWatch {
  /** Each `source/ledger-0, target/ledger-0`. */
  readonly together: string[] = [];
  /** Sides on which a pod was seen to run, in order. */
  readonly ran: Side[] = [];
  private readonly running = new Map<string, string>();
  private readonly ended = new AbortController();

  private constructor(
    private readonly namespace: string,
    private readonly labelSelector: string,
  ) {}

  /** Resolves when both sides are watched. */
  static async start(namespace: string, labelSelector: string): Promise<OneSideWatch> {
    const watch = new OneSideWatch(namespace, labelSelector);
    await Promise.all((['source', 'target'] as const).map((side) => watch.follow(side)));
    return watch;
  }

  stop(): void {
    this.ended.abort();
  }

  private async follow(side: Side): Promise<void> {
    const client = await connectCluster(await administratorOf(side));
    const { namespace, labelSelector } = this;
    const events = client.watch(
      { apiVersion: 'v1', kind: 'Pod' },
      { namespace, labelSelector, signal: this.ended.signal },
    );
    const first = await events.next();
    if (!first.done) this.see(side, first.value);
    void this.goOn(side, client, events);
  }

  private async goOn(side: Side, client: ClusterClient, events: AsyncGenerator<WatchEvent>): Promise<void> {
    try {
      for await (const event of events) this.see(side, event);
    } catch (error) {
      if (!this.ended.signal.aborted) this.together.push(`The watch of the ${side} ended: ${error}`);
    } finally {
      await client.close();
    }
  }

  private see(side: Side, event: WatchEvent): void {
    if (event.type === 'SYNCED') {
      for (const key of this.running.keys()) if (key.startsWith(side)) this.running.delete(key);
      for (const pod of event.objects) this.set(side, pod, runs(pod));
    } else {
      this.set(side, event.object, event.type !== 'DELETED' && runs(event.object));
    }
    if (this.running.size > 1) this.together.push([...this.running.values()].join(', '));
  }

  private set(side: Side, { metadata }: KubeObject, isRunning: boolean): void {
    const key = `${side} ${metadata.uid}`;
    if (!isRunning) {
      this.running.delete(key);
      return;
    }
    this.running.set(key, `${side}/${metadata.name}`);
    if (this.ran.at(-1) !== side) this.ran.push(side);
  }
}

/** A container of it was started and has not ended, also while the pod is being deleted. */
const runs = ({ status }: KubeObject): boolean =>
  (status?.containerStatuses ?? []).some(({ state }: { state?: { running?: object } }) => state?.running !== undefined);
