import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { StorageAccess } from '../../../object-storage/object-store.js';

type Config = StorageAccess['spec']['backupStorageConfig'];

/** A server on loopback that says what a test wants an object store to say; until told otherwise it takes and gives what it is asked for. */
export class FakeStore implements AsyncDisposable {
  /** `PUT /bucket/key`, with the range that was asked for. */
  readonly requests: string[] = [];
  private readonly objects = new Map<string, Buffer>();
  private hostile: { method: string; answer: (response: ServerResponse) => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {
    server.on('request', async (request, response) => {
      const { method = '', url = '' } = request;
      const key = URL.parse(url, 'http://store')?.pathname ?? '';
      const content = await buffer(request);
      this.requests.push([method, key, request.headers.range].filter(Boolean).join(' '));
      if (this.hostile?.method === method) this.hostile.answer(response);
      else if (method === 'PUT') this.put(key, content, response);
      else if (method === 'DELETE') response.writeHead(204).end();
      else response.writeHead(200).end(this.objects.get(key));
    });
  }

  static async start(tls?: { cert: string; key: string }): Promise<FakeStore> {
    const server = tls ? createTlsServer(tls) : createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeStore(server, tls ? 'https' : 'http');
  }

  /** What it answers to requests of a method from now on. */
  answer(method: string, answer: (response: ServerResponse) => void): void {
    this.hostile = { method, answer };
  }

  access(config: Partial<Config> = {}): StorageAccess {
    const awsS3Url = `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      name: 'store',
      spec: { backupStorageProvider: 'aws', backupStorageConfig: { awsBucketName: 'bucket', awsS3Url, ...config } },
      credentials: { 'aws-access-key-id': 'id', 'aws-secret-access-key': 'planted-secret' },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private put(key: string, content: Buffer, response: ServerResponse): void {
    this.objects.set(key, content);
    response.writeHead(200, { etag: '"1"' }).end();
  }
}
