import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { type Dispatcher, Pool } from 'undici';
import { type CallPurpose, connectionFailure, refusal } from './api-failures.js';
import { type ClusterAccess, type ConnectionSettings, connectionSettings } from './cluster-access.js';
import { explainConnectionError } from './explain-connection-error.js';
import { KubernetesApiError } from './kubernetes-api-error.js';
import { readLines } from './read-lines.js';

export interface ApiCall extends CallPurpose {
  method: Dispatcher.HttpMethod;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Repeating it does no harm although it is not a GET, e.g. an access review. */
  repeatable?: boolean;
  /** Milliseconds a stream may be silent; 0 for ever. */
  silence?: number;
}

/** Milliseconds. */
export interface ConnectionTimes {
  /** Until TCP and TLS stand. */
  connect: number;
  /** Until the answer begins. */
  answer: number;
  /** First pause before a repetition; doubles each time. */
  retryPause: number;
  /** A silent watch is taken for dead after this: the server sends a bookmark about once a minute. */
  watchSilence: number;
}

const DEFAULT_TIMES: ConnectionTimes = { connect: 5_000, answer: 30_000, retryPause: 200, watchSilence: 150_000 };
const RETRIES = 3;
/** A server that asks for a longer pause is left to the caller's own retries. */
const LONGEST_RETRY_AFTER_SECONDS = 5;
/** With the kernel's probes a peer that vanished is noticed about 10 s later. */
const KEEP_ALIVE_PROBE = 10_000;
/** Shorter than the 90 s after which API servers close idle connections, so that a request never meets the closing. */
const IDLE = 30_000;

/** Pooled HTTP connections to one cluster: calls, their repetition and their failures. */
export class ApiConnection {
  readonly settings: ConnectionSettings;
  readonly times: ConnectionTimes;
  readonly place: { name: string; server: string };
  private readonly pool: Pool;
  private closed = false;

  /** @throws InvalidClusterAccess */
  constructor(access: ClusterAccess, times: Partial<ConnectionTimes> = {}) {
    this.settings = connectionSettings(access);
    this.times = { ...DEFAULT_TIMES, ...times };
    this.place = { name: access.name, server: access.server };
    this.pool = new Pool(this.settings.origin, {
      // One connection per request in flight: a stuck one blocks no other, which HTTP/2 cannot promise.
      allowH2: false,
      keepAliveTimeout: IDLE,
      headersTimeout: this.times.answer,
      connect: {
        ...this.settings.tls,
        timeout: this.times.connect,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_PROBE,
      },
    });
  }

  async json(call: ApiCall): Promise<unknown> {
    const text = await this.text(call);
    try {
      return JSON.parse(text);
    } catch {
      throw this.failure(call, new Error('the answer is not JSON'));
    }
  }

  text(call: ApiCall): Promise<string> {
    return this.retrying(call, async () => {
      const body = await this.open(call);
      try {
        return await body.text();
      } catch (cause) {
        throw this.failure(call, cause);
      }
    });
  }

  /** Lines of a streamed answer. Opening it is repeated like any call, a stream that broke is not. */
  async *lines(call: ApiCall): AsyncGenerator<string, void, undefined> {
    const body = await this.retrying(call, () => this.open(call));
    try {
      yield* readLines(body);
    } catch (cause) {
      throw this.failure(call, cause);
    } finally {
      body.destroy();
    }
  }

  /** Runs `attempt` again after failures that may pass, as far as a repetition cannot do the work twice. */
  async retrying<T>(call: ApiCall, attempt: () => Promise<T>): Promise<T> {
    const { signal } = call;
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
      await this.pool.close();
    }
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The signal's reason if the call was aborted, else a {@link KubernetesApiError} without an HTTP status. */
  failure(call: ApiCall, cause: unknown): unknown {
    return call.signal?.aborted ? call.signal.reason : connectionFailure(call, this.place, cause);
  }

  refusal(call: ApiCall, answer: { code: number; body: string; retryAfter?: string }): KubernetesApiError {
    return refusal(call, this.place, answer);
  }

  private async open(call: ApiCall): Promise<Readable & { text(): Promise<string> }> {
    call.signal?.throwIfAborted();
    try {
      const answer = await this.pool.request({
        method: call.method,
        path: this.settings.basePath + call.path + queryString(call.query),
        headers: {
          ...this.settings.headers,
          accept: call.accept ?? 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.signal,
        bodyTimeout: call.silence ?? this.times.answer,
      });
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        return answer.body;
      }
      throw this.refusal(call, {
        code: answer.statusCode,
        body: await answer.body.text(),
        retryAfter: String(answer.headers['retry-after'] ?? ''),
      });
    } catch (cause) {
      throw cause instanceof KubernetesApiError ? cause : this.failure(call, cause);
    }
  }

  private mayRepeat(call: ApiCall, error: KubernetesApiError): boolean {
    if (this.closed || (error.details.retryAfter ?? 0) > LONGEST_RETRY_AFTER_SECONDS) {
      return false;
    }
    if (error.code !== 0) {
      return error.code === 429 || (error.code >= 500 && isRepeatable(call));
    }
    const { neverSent, permanent } = explainConnectionError(error.cause, this.place.server);
    return !permanent && (isRepeatable(call) || neverSent);
  }
}

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
