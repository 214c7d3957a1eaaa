import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { cutText } from '../../resources/meta/cut-text.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { toApplicationFailure } from './failure-mapping.js';
import { ShownWait } from './shown-wait.js';

/** Contexts whose heartbeat a wait sends; the worker sends it for all others. */
const tended = new WeakSet<Context>();
export const hasPulse = (context: Context): boolean => tended.has(context);

/** How a wait presents itself to the operator and when it gives up. */
export interface Wait {
  /** What is waited for, e.g. `pod shop/web-0 to end`. */
  waitingFor: string;
  /** e.g. `cluster source, namespace shop`. */
  where: string;
  /** Seconds without anything moving after which the wait fails. Undefined only where something else ends it, which the caller names. */
  patienceSeconds?: number;
  /** What the operator should do when patience is spent. */
  next?: string;
}

/** The heartbeat's details, carried over to the next attempt. */
interface PulseDetails {
  waitingFor: string;
  idleSeconds: number;
  /** When the attempt failed by itself (milliseconds); not there when its worker died. */
  failedAt?: number;
}

export interface Pulse {
  /** Aborts on cancel, on the worker's shutdown, when patience is spent and when the work has ended; pass it to every call. */
  readonly signal: AbortSignal;
  /** Something moved: the waiting time is counted from zero again. `lastSeen` is what the operator reads if it never moves again. */
  moved(lastSeen?: string): void;
  /** Names the thing waited for now, and what was last seen of it, without counting as movement. */
  observe(lastSeen: string, waitingFor?: string): void;
  /** The object waited for now: its last event is shown, and named when it never moves again. */
  about(client: ClusterClient, object: KubeObject): void;
}

const BEAT_MS = 1_000;
/** The longest pause between attempts that Temporal makes: in any longer one no worker was running. */
const LONGEST_PAUSE_SECONDS = 10;
const UNKNOWN = 'Nothing was reported about it.';

/**
 * Runs an activity's work under a heartbeat every second. What does not move for a few seconds is shown in the status of the run. Time
 * without movement is counted here, not by Temporal's time-outs, which only detect dead workers, and is carried over from attempt to
 * attempt in the heartbeat's details. In a wait the pauses between attempts count too; a short activity is tried as long as its caller says.
 */
export async function withPulse<T>(wait: Wait, work: (pulse: Pulse) => Promise<T>): Promise<T> {
  const context = Context.current();
  tended.add(context);
  const previous = context.info.heartbeatDetails as PulseDetails | undefined;
  let idleSeconds = idleBefore(previous);
  let waitingFor = wait.waitingFor;
  let lastSeen = '';
  const shown = new ShownWait(wait.waitingFor);
  const impatience = new AbortController();
  const ended = new AbortController();

  const beat = (failedAt?: number): void => {
    context.heartbeat({ waitingFor, idleSeconds, failedAt } satisfies PulseDetails);
  };
  const spent = (): StepFailure | undefined =>
    wait.patienceSeconds === undefined || idleSeconds <= wait.patienceSeconds
      ? undefined
      : new StepFailure({
          type: FAILURE.PatienceSpent,
          what: `Waited ${Math.round(idleSeconds)} s for ${waitingFor} and saw nothing move`,
          where: wait.where,
          why: [lastSeen, shown.lastEvent && `Last event: ${shown.lastEvent}`].filter(Boolean).join(' ') || UNKNOWN,
          next: wait.next ?? 'Look at the object named here, fix the cause and start the migration again.',
        });
  beat();
  const timer = setInterval(() => {
    idleSeconds += BEAT_MS / 1_000;
    beat();
    const { where, patienceSeconds } = wait;
    shown.tick(idleSeconds, { now: waitingFor, where, patienceSeconds, lastSeen });
    const failure = spent();
    if (failure) impatience.abort(failure);
  }, BEAT_MS);

  try {
    return await work({
      signal: AbortSignal.any([context.cancellationSignal, impatience.signal, ended.signal]),
      moved(seen) {
        idleSeconds = 0;
        if (seen !== undefined) lastSeen = cutText(seen);
      },
      observe(seen, now) {
        lastSeen = cutText(seen);
        if (now !== undefined) waitingFor = now;
      },
      about(client, object) {
        shown.about(client, object);
      },
    });
  } catch (error) {
    // An aborted call rejects with an error of its library's own; the reason of the signal is what counts.
    if (impatience.signal.aborted) throw impatience.signal.reason;
    if (context.cancellationSignal.aborted) throw cancelReason(context.cancellationSignal);
    if (context.info.taskQueue === TASK_QUEUES.wait && isTriedAgain(error)) {
      lastSeen = error instanceof Error ? error.message : String(error);
      const failure = spent();
      if (failure) throw failure;
      beat(Date.now());
    }
    throw error;
  } finally {
    clearInterval(timer);
    shown.end();
    // When one of several parallel calls fails, the others are ended too.
    ended.abort();
    tended.delete(context);
  }
}

function idleBefore(previous?: PulseDetails): number {
  if (previous === undefined) return 0;
  const { idleSeconds, failedAt } = previous;
  const pause = failedAt === undefined ? 0 : (Date.now() - failedAt) / 1_000;
  return idleSeconds + Math.round(Math.min(Math.max(pause, 0), LONGEST_PAUSE_SECONDS));
}

/** New credentials are waited for without a limit. */
function isTriedAgain(error: unknown): boolean {
  const failure = toApplicationFailure(error);
  return !(
    failure instanceof ApplicationFailure &&
    (failure.nonRetryable || failure.type === FAILURE.CredentialsRejected)
  );
}

const cancelReason = (signal: AbortSignal): unknown =>
  signal.reason instanceof CancelledFailure ? signal.reason : new CancelledFailure('CANCELLED');
