import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Dispatcher } from 'undici';
import { AnswerBeyondBounds } from '../resources/meta/answer-beyond-bounds.js';
import { ByteCollector, readAtMost } from '../resources/meta/byte-collector.js';
import { JsonTooComplex, parseJson } from '../resources/meta/parse-json.js';
import { type CallPurpose, connectionFailure, refusal } from './api-failures.js';
import { BOUNDS, isBeyondBounds } from './bounds.js';
import { type ClusterAccess, type ConnectionSettings, connectionSettings } from './cluster-access.js';
import { ConnectionPools } from './connection-pools.js';
import { explainConnectionError } from './explain-connection-error.js';
import { KubernetesApiError } from './kubernetes-api-error.js';
import { type LineBound, readLines } from './read-lines.js';

export interface ApiCall extends CallPurpose {
  method: Dispatcher.HttpMethod;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Repeating it does no harm although it is not a GET, e.g. an access review. */
  repeatable?: boolean;
  /** Of a stream: milliseconds it may be silent; 0 for ever. */
  silence?: number;
  /** Of a stream: milliseconds after which it counts as broken, however it keeps itself alive. */
  lasts?: number;
  /** Of a stream: how long its lines may be; those of a log unless told otherwise. */
  lineBound?: LineBound;
}

/** Milliseconds. */
export interface ConnectionTimes {
  /** Until TCP and TLS stand. */
  connect: number;
  /** Until the answer begins. */
  answer: number;
  /** Until it has ended: a server that sends a byte now and then is not waited for. */
  whole: number;
  /** For the text of a refusal, whose code is known already. */
  refusalText: number;
  /** First pause before a repetition; doubles each time. */
  retryPause: number;
  /** A silent watch is taken for dead after this: the server sends a bookmark about once a minute. */
  watchSilence: number;
  /** Until a watch has ended: the server is told to end it a minute before. */
  watch: number;
}

const DEFAULT_TIMES: ConnectionTimes = {
  connect: 5_000,
  answer: 30_000,
  whole: 60_000,
  refusalText: 2_000,
  retryPause: 200,
  watchSilence: 150_000,
  watch: 360_000,
};
const RETRIES = 3;
/** Of all pauses that a server asks for during one call; longer ones are left to the caller's own retries. */
const LONGEST_RETRY_AFTER_SECONDS = 5;

/** Pooled HTTP connections to one cluster: calls, their repetition and their failures. */
export class ApiConnection {
  readonly settings: ConnectionSettings;
  readonly times: ConnectionTimes;
  readonly place: { name: string; server: string };
  private readonly pools: ConnectionPools;
  private closed = false;
  private inFlight = 0;
  private lastUsed = performance.now();

  /** @throws InvalidClusterAccess */
  constructor(access: ClusterAccess, times: Partial<ConnectionTimes> = {}) {
    this.settings = connectionSettings(access);
    this.times = { ...DEFAULT_TIMES, ...times };
    this.place = { name: access.name, server: access.server };
    this.pools = new ConnectionPools(this.settings, this.times);
  }

  async json(call: ApiCall): Promise<unknown> {
    return (await this.measuredJson(call)).value;
  }

  /** With the number of characters it was made from. */
  async measuredJson(call: ApiCall): Promise<{ value: unknown; length: number }> {
    const text = await this.text(call);
    let value: unknown;
    try {
      value = parseJson(text);
    } catch (cause) {
      throw this.failure(call, notJson(cause));
    }
    // Taken for an object, nothing would pass for an object that is gone.
    if (typeof value !== 'object' || value === null) throw this.failure(call, new Error('the answer is not an object'));
    return { value, length: text.length };
  }

  text(call: ApiCall): Promise<string> {
    return this.retrying(call, () =>
      this.inTime(call, async (signal) => {
        const { bytes, complete } = await readAtMost(await this.open(call, signal, this.pools.calls), BOUNDS.answer);
        if (complete) return decode(bytes);
        throw new AnswerBeyondBounds('ANSWER_TOO_LARGE', `the answer has more than ${BOUNDS.answer} bytes`);
      }),
    );
  }

  /** Lines of a streamed answer. Opening it is repeated like any call, a stream that broke is not. */
  async *lines(call: ApiCall): AsyncGenerator<string, void, undefined> {
    this.inFlight += 1;
    try {
      yield* this.openLines(call);
    } finally {
      this.release();
    }
  }

  private async *openLines(call: ApiCall): AsyncGenerator<string, void, undefined> {
    const body = await this.retrying(call, () =>
      this.inTime(call, (signal) => this.open(call, signal, this.pools.streams)),
    );
    const late = new AnswerBeyondBounds('ANSWER_TOO_SLOW', 'the stream did not end in time');
    const timer = call.lasts && setTimeout(() => body.destroy(late), call.lasts);
    try {
      yield* readLines(body, call.lineBound);
    } catch (cause) {
      throw this.failure(call, cause);
    } finally {
      clearTimeout(timer);
      body.destroy();
    }
  }

  /** Runs `attempt` again after failures that may pass, as far as a repetition cannot do the work twice. */
  async retrying<T>(call: ApiCall, attempt: () => Promise<T>): Promise<T> {
    const { signal } = call;
    let pauses = 0;
    try {
      return await pRetry(attempt, {
        retries: RETRIES,
        minTimeout: this.times.retryPause,
        randomize: true,
        signal,
        shouldRetry: async ({ error }) => {
          if (!(error instanceof KubernetesApiError) || !this.mayRepeat(call, error)) {
            return false;
          }
          pauses += error.details.retryAfter ?? 0;
          if (pauses > LONGEST_RETRY_AFTER_SECONDS) {
            return false;
          }
          await delay((error.details.retryAfter ?? 0) * 1000, undefined, { signal });
          return true;
        },
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Rejects new calls; those in flight may end. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      await this.pools.close();
    }
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Of the servers that have answered so far: two addresses of one cluster have one in common. */
  get serverKeys(): ReadonlySet<string> {
    return this.pools.serverKeys;
  }

  /** Milliseconds for which nothing was asked or read. */
  get idleFor(): number {
    return this.inFlight > 0 ? 0 : performance.now() - this.lastUsed;
  }

  /** The signal's reason if the call was aborted, else a {@link KubernetesApiError} without an HTTP status. */
  failure(call: ApiCall, cause: unknown): unknown {
    return call.signal?.aborted ? call.signal.reason : connectionFailure(call, this.place, cause);
  }

  refusal(call: ApiCall, answer: { code: number; body: string; retryAfter?: string }): KubernetesApiError {
    return refusal(call, this.place, answer);
  }

  /** Runs `work` with a signal that also aborts when the whole of it takes too long. */
  private async inTime<T>(call: ApiCall, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    const late = new AbortController();
    const tooSlow = new AnswerBeyondBounds('ANSWER_TOO_SLOW', 'the answer did not end in time');
    const timer = setTimeout(() => late.abort(tooSlow), this.times.whole);
    this.inFlight += 1;
    try {
      return await work(call.signal ? AbortSignal.any([call.signal, late.signal]) : late.signal);
    } catch (cause) {
      if (cause instanceof KubernetesApiError) {
        throw cause;
      }
      throw this.failure(call, late.signal.aborted ? tooSlow : cause);
    } finally {
      clearTimeout(timer);
      this.release();
    }
  }

  private release(): void {
    this.inFlight -= 1;
    this.lastUsed = performance.now();
  }

  private async open(call: ApiCall, signal: AbortSignal, dispatcher: Dispatcher): Promise<Readable> {
    const { origin, basePath, headers } = this.settings;
    const answer = await dispatcher.request({
      origin,
      method: call.method,
      path: basePath + call.path + queryString(call.query),
      headers: {
        ...headers,
        accept: call.accept ?? 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal,
      bodyTimeout: call.silence ?? this.times.answer,
    });
    // Told to whoever reads it; a stream that is left early must not bring the process down.
    answer.body.on('error', () => undefined);
    if (answer.statusCode >= 200 && answer.statusCode < 300) {
      return answer.body;
    }
    const body = await refusalText(answer.body, this.times.refusalText);
    call.signal?.throwIfAborted();
    throw this.refusal(call, {
      code: answer.statusCode,
      body,
      retryAfter: String(answer.headers['retry-after'] ?? ''),
    });
  }

  private mayRepeat(call: ApiCall, error: KubernetesApiError): boolean {
    if (this.closed || isBeyondBounds(error)) {
      return false;
    }
    if (error.code !== 0) {
      return error.code === 429 || (error.code >= 500 && isRepeatable(call));
    }
    const { neverSent, permanent } = explainConnectionError(error.cause, this.place.server);
    return !permanent && (isRepeatable(call) || neverSent);
  }
}

/** As much of it as is read of a refusal and comes soon. */
async function refusalText(body: Readable, patience: number): Promise<string> {
  const text = new ByteCollector(BOUNDS.refusal);
  const timer = setTimeout(() => body.destroy(), patience);
  try {
    for await (const chunk of body) {
      if (!text.add(chunk as Uint8Array)) break;
    }
  } catch {
    // What has come has to do: the code says most.
  } finally {
    clearTimeout(timer);
  }
  return decode(text.take());
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const notJson = (cause: unknown): Error =>
  cause instanceof JsonTooComplex
    ? new AnswerBeyondBounds('ANSWER_TOO_LARGE', cause.message)
    : new Error('the answer is not JSON');

const isRepeatable = (call: ApiCall): boolean => call.method === 'GET' || call.repeatable === true;

function queryString(query: ApiCall['query'] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      given.set(name, String(value));
    }
  }
  return given.size > 0 ? `?${given}` : '';
}
