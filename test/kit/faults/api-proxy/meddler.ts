import type { ProxiedRequest } from './proxied-request.js';

/** An answer of the proxy's own: a Status as API servers send it, or the end of the connection without a word. */
export type Refusal = { code: number; reason: string; retryAfterSeconds?: number } | 'reset';

/** What a fault does to the calls that pass a proxy. Whatever it leaves out stays as it is. */
export interface Meddler {
  /** Before the server hears of the call; with an answer it never does. A call waits as long as this does. */
  before?(request: ProxiedRequest): Promise<Refusal | undefined> | Refusal | undefined;
  /** The server has answered and the client has not heard of it. With `lost` it never will: the connection breaks. */
  answered?(request: ProxiedRequest, status: number): Promise<'lost' | undefined> | 'lost' | undefined;
  /** The client has the whole answer. */
  heard?(request: ProxiedRequest, status: number): void;
  /** Milliseconds after which an open watch is ended, in good order. */
  watchLifetime?(request: ProxiedRequest): number | undefined;
}
