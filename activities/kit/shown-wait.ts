import { Context } from '@temporalio/activity';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { type WaitRecord, waitLine } from '../../resources/run/waits.js';
import { eventsOf } from './last-events.js';
import { waitReporterOf } from './wait-reports.js';

/** Seconds without movement before the operator is shown what is waited for: what moves needs no explanation. */
const SHOWN_AFTER = 3;
/** Seconds between two looks at the events of the object waited for. */
const EVENTS_EVERY = 10;
const EVENTS_TIMEOUT_MS = 5_000;

/** One wait as the operator sees it, with the last event of the object waited for. */
export class ShownWait {
  lastEvent = '';
  private readonly reporter = waitReporterOf(Context.current());
  private object: { client: ClusterClient; object: KubeObject } | undefined;
  /** As it is read: what does not change the line is not written. */
  private shown: string | undefined;
  private since: string | undefined;
  private reading = false;
  private ended = false;

  constructor(private readonly title: string) {}

  /** What is waited for now is this object. */
  about(client: ClusterClient, object: KubeObject): void {
    if (this.object?.object.metadata.uid !== object.metadata.uid) this.lastEvent = '';
    this.object = { client, object };
  }

  /** Once a second. */
  tick(idleSeconds: number, view: Omit<WaitRecord, 'title' | 'lastEvent' | 'since'>): void {
    if (idleSeconds < SHOWN_AFTER) {
      this.since = undefined;
      this.show(undefined);
      return;
    }
    this.since ??= wholeSeconds(new Date(Date.now() - idleSeconds * 1_000));
    if ((idleSeconds - SHOWN_AFTER) % EVENTS_EVERY === 0) void this.readEvents();
    this.show({ ...view, title: this.title, since: this.since, lastEvent: this.lastEvent });
  }

  end(): void {
    this.show(undefined);
    this.ended = true;
  }

  private show(wait: WaitRecord | undefined): void {
    const line = wait && waitLine(wait);
    if (this.ended || line === this.shown) return;
    this.shown = line;
    this.reporter?.show(this.title, wait);
  }

  /** They only explain: the wait continues without them. */
  private async readEvents(): Promise<void> {
    if (!this.object || this.reading) return;
    const { client, object } = this.object;
    this.reading = true;
    try {
      const event = (await eventsOf(client, object, AbortSignal.timeout(EVENTS_TIMEOUT_MS))).at(-1);
      if (event && this.object.object.metadata.uid === object.metadata.uid) {
        this.lastEvent = `${event.reason}: ${event.message}`;
      }
    } catch {
      // The next read may succeed.
    } finally {
      this.reading = false;
    }
  }
}
