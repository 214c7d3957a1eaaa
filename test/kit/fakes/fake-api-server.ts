import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ClusterAccess } from '../../../clusters/cluster-access.js';
import { makeServerCertificate, type ServerCertificate } from '../cluster/certificates.js';

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** Answers one request. It may keep the response open, or destroy its socket. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void;

const CORE = {
  kind: 'APIResourceList',
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get', 'list', 'watch', 'create'] },
    { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get', 'list', 'watch', 'create'] },
    { name: 'pods/status', kind: 'Pod', namespaced: true, verbs: ['get'] },
    { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['get', 'list'] },
  ],
};

/** A real HTTPS server on loopback that says what a test wants an API server to say. */
export class FakeApiServer implements AsyncDisposable {
  /** All but discovery, in order of arrival. */
  readonly requests: SeenRequest[] = [];
  /** Connections made so far. */
  connections = 0;
  private readonly answers: Answer[] = [];
  private current: Answer = status(404, 'NotFound');

  private constructor(
    readonly server: Server,
    readonly certificate: ServerCertificate,
  ) {
    server.on('connection', () => {
      this.connections += 1;
    });
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(certificate?: ServerCertificate): Promise<FakeApiServer> {
    const used = certificate ?? (await makeServerCertificate());
    const server = createServer({ cert: used.cert, key: used.key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeApiServer(server, used);
  }

  /** Answers for the next requests, one each; the last one stays. */
  answer(...answers: Answer[]): void {
    this.answers.push(...answers);
  }

  get access(): ClusterAccess {
    const { port } = this.server.address() as AddressInfo;
    return {
      name: 'source',
      server: `https://127.0.0.1:${port}`,
      token: 'planted-secret-token',
      caBundle: Buffer.from(this.certificate.ca).toString('base64'),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'https://fake');
    if (url.pathname === '/api/v1') {
      json(200, CORE)(undefined as never, response);
      return;
    }
    const sent = await text(request);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: sent ? JSON.parse(sent) : undefined,
    };
    this.requests.push(seen);
    this.current = this.answers.shift() ?? this.current;
    this.current(seen, response);
  }
}

export const json =
  (code: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const status = (
  code: number,
  reason: string,
  message = `it is ${reason}`,
  headers?: Record<string, string>,
): Answer => json(code, { kind: 'Status', status: 'Failure', code, reason, message }, headers);

/** Events of a watch; the connection then ends, breaks off, or stays open without a word. */
export const events =
  (lines: unknown[], then: 'end' | 'break' | 'silence' = 'end'): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), () => {
      if (then === 'end') {
        response.end();
      } else if (then === 'break') {
        response.destroy();
      }
    });
    response.flushHeaders();
  };

export const configMap = (name: string, resourceVersion = '1') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', resourceVersion, uid: `uid-of-${name}` },
});
