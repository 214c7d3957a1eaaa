import net from 'node:net';
import tls from 'node:tls';
import type { TemporalTarget } from '../config/temporal-target.js';

/** The result of a first connection, as far as it shows what to correct. */
export type Handshake =
  | { outcome: 'answers' | 'unreachable' }
  /** Its certificate is not signed by an authority we trust, or names another host. */
  | { outcome: 'server-not-trusted'; why: string }
  /** The server says that it wants another client certificate. */
  | { outcome: 'client-refused'; why: string }
  /** It closes a TLS connection without an answer: it may refuse the certificate, or there is no Temporal server behind it. */
  | { outcome: 'closed' }
  | { outcome: 'wants-tls' | 'wants-no-tls' };

const PATIENCE_MS = 3_000;

/** How HTTP/2 begins: preface and empty settings. A server that takes the connection answers it. */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const SETTINGS_FRAME = 4;

/** When a certificate is refused, gRPC reports only that a deadline passed; a handshake of our own finds out why. */
export async function probeHandshake(target: Pick<TemporalTarget, 'address' | 'tls'>): Promise<Handshake> {
  const { hostname, port } = new URL(`tcp://${target.address}`);
  const host = hostname.replace(/^\[(.+)\]$/, '$1');
  const { tls: tlsOptions } = target;
  const socket = tlsOptions ? connectTls(tlsOptions, host, Number(port)) : net.connect(Number(port), host);
  let reached = false;
  try {
    return await new Promise<Handshake>((resolve) => {
      const end = (): Handshake => ({ outcome: reached ? (tlsOptions ? 'closed' : 'wants-tls') : 'unreachable' });
      socket.setTimeout(PATIENCE_MS, () => resolve({ outcome: reached ? 'answers' : 'unreachable' }));
      socket.once('connect', () => {
        reached = true;
      });
      socket.once(tlsOptions ? 'secureConnect' : 'connect', () => socket.write(PREFACE));
      socket.once('data', (data) =>
        resolve({ outcome: !tlsOptions && data[3] !== SETTINGS_FRAME ? 'wants-tls' : 'answers' }),
      );
      socket.once('error', (error) => resolve(isSystemError(error) ? end() : tlsFailure(error)));
      socket.once('close', () => resolve(end()));
    });
  } finally {
    socket.destroy();
  }
}

type TlsOptions = Exclude<NonNullable<TemporalTarget['tls']>, false>;

function connectTls(options: TlsOptions, host: string, port: number): tls.TLSSocket {
  const { serverRootCACertificate: ca, serverNameOverride, clientCertPair } = options === true ? {} : options;
  const name = serverNameOverride ?? host;
  return tls.connect({
    host,
    port,
    ca: ca && Buffer.from(ca),
    cert: clientCertPair && Buffer.from(clientCertPair.crt),
    key: clientCertPair && Buffer.from(clientCertPair.key),
    servername: net.isIP(name) ? undefined : name,
    checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name, certificate),
    ALPNProtocols: ['h2'],
  });
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

/** The network's, as ECONNRESET; EPROTO is OpenSSL's. */
const isSystemError = (error: Error): boolean => /^E[A-Z]+$/.test(codeOf(error)) && codeOf(error) !== 'EPROTO';

function tlsFailure(error: Error): Handshake {
  const code = codeOf(error);
  if (/WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST/.test(code)) return { outcome: 'wants-no-tls' };
  if (/^(ERR_SSL|EPROTO)/.test(code)) return { outcome: 'client-refused', why: reason(error.message) };
  return { outcome: 'server-not-trusted', why: error.message };
}

/** OpenSSL's own words, without its address in memory and source file. */
const reason = (message: string): string => /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
