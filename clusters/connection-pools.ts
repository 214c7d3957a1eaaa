import { Pool } from 'undici';
import { BOUNDS } from './bounds.js';
import type { ConnectionSettings } from './cluster-access.js';

/** With the kernel's probes a peer that vanished is noticed about 10 s later. */
const KEEP_ALIVE_PROBE = 10_000;
/** Shorter than the 90 s after which API servers close idle connections, so that a request never meets the closing. */
const IDLE = 30_000;

/** Connections to one cluster: streams have their own, since a call would else wait until one of a hundred watches ends. */
export class ConnectionPools {
  readonly calls: Pool;
  readonly streams: Pool;

  constructor({ origin, tls }: ConnectionSettings, times: { connect: number; answer: number }) {
    const pool = (connections: number): Pool =>
      new Pool(origin, {
        connections,
        // One connection per request in flight: a stuck one blocks no other, which HTTP/2 cannot promise.
        allowH2: false,
        keepAliveTimeout: IDLE,
        headersTimeout: times.answer,
        connect: {
          ...tls,
          timeout: times.connect,
          keepAlive: true,
          keepAliveInitialDelay: KEEP_ALIVE_PROBE,
        },
      });
    this.calls = pool(BOUNDS.callConnections);
    this.streams = pool(BOUNDS.streamConnections);
  }

  async close(): Promise<void> {
    await Promise.all([this.calls.close(), this.streams.close()]);
  }
}
