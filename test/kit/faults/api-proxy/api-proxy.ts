import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ClusterAccess, connectionSettings } from '../../../../clusters/cluster-access.js';
import { makeServerCertificate, type ServerCertificate } from '../../cluster/certificates.js';
import type { Meddler, Refusal } from './meddler.js';
import { type ProxiedRequest, readRequest } from './proxied-request.js';

const OF_ONE_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);
/** Shorter than the 90 s after which API servers close idle connections. */
const IDLE = 30_000;

/**
 * Stands before an API server, with an address and a certificate of its own, and passes on whatever comes: calls with their bearer tokens,
 * watches, upgraded connections. {@link Meddler}s make faults of it.
 */
export class ApiProxy implements AsyncDisposable {
  private readonly meddlers = new Set<Meddler>();
  private readonly upgraded = new Set<Duplex>();
  private readonly agent: Agent;
  private server?: Server;
  private port = 0;

  private constructor(
    private readonly upstream: ClusterAccess,
    private readonly certificate: ServerCertificate,
  ) {
    const { ca, rejectUnauthorized } = connectionSettings(upstream).tls;
    this.agent = new Agent({ keepAlive: true, timeout: IDLE, ca, rejectUnauthorized });
  }

  /** @param upstream the server; its credentials are not used, each call brings its own */
  static async start(upstream: ClusterAccess): Promise<ApiProxy> {
    const proxy = new ApiProxy(upstream, await makeServerCertificate());
    await proxy.comeBack();
    return proxy;
  }

  /** Access to the server through this proxy, with the credentials of `access`. */
  through(access: ClusterAccess): ClusterAccess {
    return { ...access, ...this.address };
  }

  get address(): { server: string; caBundle: string } {
    return {
      server: `https://127.0.0.1:${this.port}`,
      caBundle: Buffer.from(this.certificate.ca).toString('base64'),
    };
  }

  /** Returns what takes the fault away again. */
  meddle(meddler: Meddler): () => void {
    this.meddlers.add(meddler);
    return () => void this.meddlers.delete(meddler);
  }

  /** Breaks all connections and takes no new ones, as a server that is gone. */
  async goAway(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
    await closed;
  }

  /** Listens at the same address again. */
  async comeBack(): Promise<void> {
    if (this.server) return;
    const { cert, key } = this.certificate;
    const server = createServer({ cert, key, keepAliveTimeout: 3 * IDLE });
    server.on('request', (request, response) => void this.pass(request, response));
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goAway();
    this.agent.destroy();
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = readRequest(incoming);
    const refusal = await this.before(request);
    if (refusal) {
      incoming.resume();
      refuse(outgoing, refusal);
      return;
    }
    const call = this.callUpstream(incoming);
    // What was begun on the server is ended there even when the client is gone; only reading is given up.
    outgoing.on('close', () => {
      if (!request.isMutation && !outgoing.writableFinished) call.destroy();
    });
    call.on('error', () => outgoing.destroy());
    call.on('response', (answer) => void this.relay(request, answer, outgoing));
    incoming.pipe(call);
  }

  private async relay(request: ProxiedRequest, answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const status = answer.statusCode ?? 502;
    answer.on('error', () => outgoing.destroy());
    for (const { answered } of this.meddlers) {
      if ((await answered?.(request, status)) === 'lost') {
        answer.resume();
        outgoing.destroy();
        return;
      }
    }
    outgoing.on('finish', () => {
      for (const { heard } of this.meddlers) heard?.(request, status);
    });
    if (outgoing.destroyed) {
      answer.resume();
      return;
    }
    outgoing.writeHead(status, forwarded(answer.headers)).flushHeaders();
    answer.pipe(outgoing);
    this.limitWatch(request, answer, outgoing);
  }

  private limitWatch(request: ProxiedRequest, answer: IncomingMessage, outgoing: ServerResponse): void {
    const lifetimes = [...this.meddlers].flatMap(({ watchLifetime }) => watchLifetime?.(request) ?? []);
    if (!request.isWatch || lifetimes.length === 0) return;
    const timer = setTimeout(
      () => {
        answer.unpipe(outgoing);
        outgoing.end();
        answer.destroy();
      },
      Math.min(...lifetimes),
    );
    outgoing.on('close', () => clearTimeout(timer));
  }

  private async upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.upgraded.add(socket);
    socket.on('close', () => this.upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    if (await this.before(readRequest(incoming))) {
      socket.destroy();
      return;
    }
    const call = this.callUpstream(incoming, { connection: 'Upgrade', upgrade: incoming.headers.upgrade });
    call.on('error', () => socket.destroy());
    call.on('response', (answer) => {
      socket.write(`${statusLine(answer)}${headerLines(answer)}\r\n`);
      answer.pipe(socket);
    });
    call.on('upgrade', (answer, upstream, first) => {
      socket.write(`${statusLine(answer)}${headerLines(answer)}\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) upstream.write(head);
      upstream.on('error', () => socket.destroy());
      upstream.on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      upstream.pipe(socket).pipe(upstream);
    });
    call.end();
  }

  private async before(request: ProxiedRequest): Promise<Refusal | undefined> {
    for (const { before } of this.meddlers) {
      const refusal = await before?.(request);
      if (refusal) return refusal;
    }
    return undefined;
  }

  private callUpstream({ method, url = '', headers }: IncomingMessage, more: OutgoingHttpHeaders = {}) {
    const { origin, basePath } = connectionSettings(this.upstream);
    const { host } = new URL(origin);
    return httpsRequest(`${origin}${basePath}${url}`, {
      method,
      agent: this.agent,
      headers: { ...forwarded(headers), host, ...more },
    });
  }
}

const forwarded = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_HOP.has(name)));

const statusLine = ({ statusCode, statusMessage }: IncomingMessage): string =>
  `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;

function headerLines({ rawHeaders }: IncomingMessage): string {
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`);
  }
  return lines.join('');
}

function refuse(outgoing: ServerResponse, refusal: Refusal): void {
  if (refusal === 'reset') {
    outgoing.destroy();
    return;
  }
  const { code, reason, retryAfterSeconds } = refusal;
  outgoing
    .writeHead(code, {
      'content-type': 'application/json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    })
    .end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason }));
}
