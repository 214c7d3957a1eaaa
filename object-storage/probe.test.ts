import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StepFailure } from '../resources/meta/failure.js';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import type { CallOptions, StorageAccess } from './object-store.js';
import { probeStorage } from './probe.js';

const STORAGE_UID = '7d9d5e1c-0000-4000-8000-000000000000';

type Config = StorageAccess['spec']['backupStorageConfig'];

describe('probeStorage', () => {
  let objects: Map<string, Buffer>;
  let requests: { method?: string; url?: string; headers: IncomingMessage['headers'] }[];
  /** What the store says instead of doing its work. */
  let refuse: ((request: IncomingMessage) => { status: number; code: string } | undefined) | undefined;
  let server: ReturnType<typeof createServer>;
  let url: string;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers });
    const key = URL.parse(request.url ?? '', url)?.pathname ?? '';
    const content = await buffer(request);
    const refusal = refuse?.(request);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${refusal.code}</Code><Message>signed planted-secret</Message></Error>`);
    } else if (request.method === 'PUT') {
      objects.set(key, content);
      response.writeHead(200, { etag: '"1"' }).end();
    } else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else {
      response.writeHead(200).end(objects.get(key));
    }
  };
  const listen = async (started: typeof server, scheme: string) => {
    server = started;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const storage = (config: Partial<Config> = {}): StorageAccess => ({
    name: 'store',
    spec: { backupStorageProvider: 'aws', backupStorageConfig: { awsBucketName: 'bucket', awsS3Url: url, ...config } },
    credentials: { 'aws-access-key-id': 'id', 'aws-secret-access-key': 'planted-secret\n' },
  });
  const probe = (access: StorageAccess, options?: CallOptions) => probeStorage(access, STORAGE_UID, options);
  const failureOf = async (access: StorageAccess): Promise<StepFailure> => {
    const failure = await probe(access).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(String(failure)).not.toContain('planted');
    return failure as StepFailure;
  };

  beforeEach(async () => {
    objects = new Map();
    requests = [];
    refuse = undefined;
    await listen(
      createServer((...args) => void serve(...args)),
      'http',
    );
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('writes, reads and deletes one byte on the top level of the bucket', async () => {
    await probe(storage());
    expect(requests.map(({ method }) => method)).toEqual(['PUT', 'GET', 'DELETE']);
    expect(requests[0]?.url).toContain(`/bucket/openshift-migration-probe-${STORAGE_UID}?`);
    expect(objects.size).toBe(0);
  });

  it('asks for the encryption that is configured', async () => {
    await probe(storage({ awsKmsKeyId: 'key-1' }));
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
    });
  });

  it.each([
    ['NoSuchBucket', 404, 'NotFound', 'There is no bucket of this name. Create the bucket'],
    ['InvalidAccessKeyId', 403, 'CredentialsRejected', 'does not know the access key'],
    ['SignatureDoesNotMatch', 403, 'CredentialsRejected', 'secret does not belong to the access key'],
    ['AccessDenied', 403, 'Forbidden', 'has no right to do this'],
    ['AuthorizationHeaderMalformed', 400, 'Refused', 'in another region'],
    ['SomethingNew', 403, 'Forbidden', 'has no right to do this'],
    ['SomethingNew', 503, 'Unreachable', 'cannot serve the request now'],
    ['SomethingNew', 418, 'Refused', 'refused with SomethingNew (418)'],
  ])('explains %s (%i)', async (code, status, type, text) => {
    refuse = () => ({ status, code });
    const failure = await failureOf(storage());
    expect(failure.report.type).toBe(type);
    expect(failure.message).toContain(`Cannot write objects in bucket bucket (MigStorage store, ${url}): `);
    expect(failure.message).toContain(text);
  });

  it('says which of the three is not allowed, and leaves nothing behind', async () => {
    refuse = ({ method }) => (method === 'GET' ? { status: 403, code: 'AccessDenied' } : undefined);
    expect((await failureOf(storage())).message).toContain('Cannot read objects');
    expect(objects.size).toBe(0);
  });

  it('takes away what one before it was killed over', async () => {
    refuse = ({ method }) => (method === 'PUT' ? undefined : { status: 403, code: 'AccessDenied' });
    await failureOf(storage());
    expect(objects.size).toBe(1);
    refuse = undefined;
    await probe(storage());
    expect(objects.size).toBe(0);
  });

  it('notices a store that gives back something else', async () => {
    objects.get = () => Buffer.from('zz');
    expect((await failureOf(storage())).message).toContain('returned 2 bytes');
  });

  it('explains a server that is not a store', async () => {
    server.removeAllListeners('request');
    server.on('request', (_request, response) => void response.writeHead(404).end('<html>nothing here'));
    expect((await failureOf(storage())).message).toMatch(/status 404|refused with/);
  });

  it('explains connections that do not come about', async () => {
    expect((await failureOf(storage({ awsS3Url: 'http://127.0.0.1:1' }))).report).toMatchObject({
      type: 'Unreachable',
      why: 'http://127.0.0.1:1 refused the connection.',
    });
    expect((await failureOf(storage({ awsS3Url: url.replace('http', 'https') }))).message).toContain(
      'does not speak the protocol',
    );
  });

  it('makes no connection to metadata services, nor to this machine where that is said', async () => {
    const forbidden = {
      type: 'Unreachable',
      why: expect.stringContaining('is an address of this machine or of its cloud'),
    };
    expect((await failureOf(storage({ awsS3Url: 'http://169.254.169.254' }))).report).toMatchObject(forbidden);
    for (const awsS3Url of [url, url.replace('127.0.0.1', 'localhost')]) {
      expect((await failureOf({ ...storage({ awsS3Url }), refuseLoopback: true })).report).toMatchObject(forbidden);
    }
    expect(requests).toEqual([]);
  });

  it('shows no password of an address', async () => {
    const failure = await failureOf(storage({ awsS3Url: url.replace('//', '//admin:planted@') }));
    expect(failure.message).toContain('or it holds a user name or password');
  });

  it('verifies the certificate of the store', async () => {
    const { ca, cert, key } = await makeServerCertificate();
    server.close();
    await listen(
      createTlsServer({ cert, key }, (...args) => void serve(...args)),
      'https',
    );
    expect((await failureOf(storage())).message).toContain('spec.backupStorageConfig.s3CustomCABundle');
    await probe(storage({ insecure: true }));
    await probe(storage({ s3CustomCABundle: Buffer.from(ca).toString('base64') }));
  });

  it.each([
    [{ awsBucketName: '' }, 'spec.backupStorageConfig.awsBucketName is not set'],
    [{ awsS3Url: 'minio:9000' }, 'awsS3Url "minio:9000" is not a URL'],
  ])('refuses settings that cannot be right: %j', async (config, text) => {
    const { report, message } = await failureOf(storage(config));
    expect(report.type).toBe('Refused');
    expect(message).toContain(text);
  });

  it('names the key that is missing in the Secret', async () => {
    const failure = await failureOf({ ...storage(), credentials: { 'aws-access-key-id': 'id' } });
    expect(failure.message).toContain('Secret key aws-secret-access-key is not set');
  });

  it.each(['gcp', 'azure'] as const)('has no adapter for %s and says so', async (backupStorageProvider) => {
    const access = storage();
    const { report } = await failureOf({ ...access, spec: { ...access.spec, backupStorageProvider } });
    expect(report).toMatchObject({
      type: 'NotYetSupported',
      where: 'MigStorage store, spec.backupStorageProvider',
    });
  });

  it('rejects with the reason of its signal', async () => {
    server.removeAllListeners('request');
    await expect(probe(storage(), { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
  });
});
