import { Context } from '@temporalio/activity';

/** An attempt's right to act, which Temporal renews by acknowledging its heartbeats. */
export interface Lease {
  /** Aborts when the heartbeats are not acknowledged any more: by now Temporal may have given the activity to another worker. */
  readonly signal: AbortSignal;
  /** Compares the clock at once: in a process that was suspended no timer has told yet. */
  throwIfLost(): void;
}

const leases = new WeakMap<Context, Lease>();
const sent = new WeakMap<Context, unknown>();

export const holdLease = (context: Context, lease: Lease): void => void leases.set(context, lease);

/** Undefined where no worker keeps one, as in tests of an activity alone. */
export const leaseOf = (context: Context): Lease | undefined => leases.get(context);

/** Before a change that must not come late. */
export const throwIfLeaseLost = (): void => leaseOf(Context.current())?.throwIfLost();

/** A heartbeat whose details the lease repeats: the last ones that Temporal got are those the next attempt reads. */
export function heartbeat(context: Context, details?: unknown): void {
  sent.set(context, details);
  context.heartbeat(details);
}

export const lastHeartbeat = (context: Context): unknown => sent.get(context);
