import { lookup } from 'node:dns';
import { TLSSocket } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import { AddressForbidden, guardedLookup, isForbidden } from '../resources/meta/forbidden-addresses.js';
import { BOUNDS } from './bounds.js';
import type { ConnectionSettings } from './cluster-access.js';
import { OtherServerKey, serverKeysOf } from './server-keys.js';

/** With the kernel's probes a peer that vanished is noticed about 10 s later. */
const KEEP_ALIVE_PROBE = 10_000;
/** Shorter than the 90 s after which API servers close idle connections, so that a request never meets the closing. */
const IDLE = 30_000;

/** Connections to one cluster: streams have their own, since a call would else wait until one of a hundred watches ends. */
export class ConnectionPools {
  readonly calls: Pool;
  readonly streams: Pool;
  /** Of all servers that answered: hashes of their public keys and of the authorities that vouch for them. */
  readonly serverKeys = new Set<string>();

  constructor(settings: ConnectionSettings, times: { connect: number; answer: number }) {
    const connect = this.connector(settings, times.connect);
    const pool = (connections: number): Pool =>
      new Pool(settings.origin, {
        connections,
        allowH2: false,
        keepAliveTimeout: IDLE,
        headersTimeout: times.answer,
        connect,
      });
    this.calls = pool(BOUNDS.callConnections);
    this.streams = pool(BOUNDS.streamConnections);
  }

  async close(): Promise<void> {
    await Promise.all([this.calls.close(), this.streams.close()]);
  }

  private connector({ tls, addresses, serverKey }: ConnectionSettings, timeout: number): buildConnector.connector {
    const connect = buildConnector({
      ...tls,
      // A resumed session shows no certificate whose key could be compared.
      ...(serverKey !== undefined && { maxCachedSessions: 0 }),
      // One connection per request in flight: a stuck one blocks no other, which HTTP/2 cannot promise.
      allowH2: false,
      timeout,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE,
      lookup: guardedLookup(lookup, addresses),
    });
    return (options, callback) => {
      // A literal address is not looked up.
      if (isForbidden(options.hostname, addresses)) {
        callback(new AddressForbidden(`${options.hostname} is a forbidden address`), null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error) {
          callback(error, null);
          return;
        }
        const keys = socket instanceof TLSSocket ? serverKeysOf(socket, tls.ca) : [];
        if (serverKey !== undefined && keys[0] !== serverKey) {
          socket.destroy();
          callback(new OtherServerKey(), null);
          return;
        }
        for (const key of keys) this.serverKeys.add(key);
        callback(null, socket);
      });
    };
  }
}
