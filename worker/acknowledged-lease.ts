import type { Context } from '@temporalio/activity';
import { type Lease, lastHeartbeat } from '../activities/kit/lease.js';
import { FAILURE, StepFailure } from '../resources/meta/failure.js';

const ASK_MS = 1_000;
const ANSWER_MS = 2_000;
/** gRPC's code of an attempt that Temporal does not know any more. */
const NOT_FOUND = 5;

/**
 * Heartbeats of its own beside those of the SDK, which sends them without telling whether they arrived: the attempt ends itself before
 * Temporal's time-out, counted from the last acknowledged one, lets another worker begin. Time is that of the sending, the earlier one.
 */
export class AcknowledgedLease implements Lease {
  private readonly lost = new AbortController();
  private acknowledgedAt = performance.now();
  private asking = false;
  private readonly timer: NodeJS.Timeout;

  /** @param limitMs the heartbeat time-out of the activity */
  constructor(
    private readonly context: Context,
    private readonly limitMs: number,
  ) {
    this.timer = setInterval(() => this.renew(), ASK_MS);
  }

  get signal(): AbortSignal {
    return this.lost.signal;
  }

  throwIfLost(): void {
    this.look();
    this.lost.signal.throwIfAborted();
  }

  end(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const silent = performance.now() - this.acknowledgedAt;
    if (silent >= this.limitMs) this.lose(`No heartbeat was acknowledged for ${Math.round(silent / 1_000)} s.`);
  }

  private renew(): void {
    this.look();
    if (this.asking || this.lost.signal.aborted) return;
    this.asking = true;
    void this.ask().finally(() => {
      this.asking = false;
    });
  }

  private async ask(): Promise<void> {
    const sentAt = performance.now();
    try {
      const { client, info } = this.context;
      await client.withDeadline(Date.now() + ANSWER_MS, async () =>
        client.workflowService.recordActivityTaskHeartbeat({
          namespace: info.namespace,
          taskToken: info.taskToken,
          details: await this.details(),
        }),
      );
      this.acknowledgedAt = sentAt;
    } catch (error) {
      if ((error as { code?: number }).code === NOT_FOUND) this.lose('Temporal has ended this attempt.');
    }
  }

  private async details() {
    const details = lastHeartbeat(this.context);
    if (details === undefined) return undefined;
    const { payloadConverter, payloadCodecs } = this.context.client.options.loadedDataConverter;
    let payloads = [payloadConverter.toPayload(details)];
    for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
    return { payloads };
  }

  private lose(why: string): void {
    this.lost.abort(
      new StepFailure({
        type: FAILURE.Unreachable,
        what: 'This worker is cut off from Temporal, so it ended its attempt of a step',
        where: `activity ${this.context.info.activityType}`,
        why,
        next: 'The step is tried again by a worker that reaches Temporal.',
      }),
    );
  }
}
