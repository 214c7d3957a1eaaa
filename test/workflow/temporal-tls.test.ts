import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWorkerConfig } from '../../config/read-config.js';
import { openTemporal } from '../../temporal/open-temporal.js';
import { makeServerCertificate, type ServerCertificate } from '../kit/cluster/certificates.js';
import { SpawnedProgram } from '../kit/process/spawn-program.js';
import { temporalForTests } from '../kit/temporal/temporal.js';
import { startTlsProxy, type TlsProxy } from '../kit/temporal/tls-proxy.js';

let temporal: Awaited<ReturnType<typeof temporalForTests>>;
let proxy: TlsProxy;
let server: ServerCertificate;
let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-temporal-tls-'));
  temporal = await temporalForTests();
  const [client, stranger] = [await makeServerCertificate(['worker']), await makeServerCertificate(['worker'])];
  server = await makeServerCertificate(['localhost', 'temporal.example.com']);
  proxy = await startTlsProxy(temporal.server.address, server, client.ca);
  const files = {
    'ca.crt': server.ca,
    'client.crt': client.cert,
    'client.key': client.key,
    'other.crt': stranger.cert,
    'other.key': stranger.key,
    'other-ca.crt': stranger.ca,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(file(name), text);
  await writeFile(
    file('temporal.toml'),
    `[profile.production]
address = "${proxy.address}"
[profile.production.tls]
server_ca_cert_path = ${JSON.stringify(file('ca.crt'))}
client_cert_path = ${JSON.stringify(file('client.crt'))}
client_key_path = ${JSON.stringify(file('client.key'))}
`,
  );
});
afterAll(async () => {
  await proxy?.close();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a worker is started with; variables about files name them without their folder. */
const environment = (env: Record<string, string>): Record<string, string> => ({
  DATABASE_URL: 'postgres://127.0.0.1:1/mtc',
  MTC_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  HOME: folder,
  ...Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, /(_PATH|_FILE)$/.test(name) ? file(value) : value]),
  ),
});
const authority = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.crt' };
const certificate = { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.crt', TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key' };
const stranger = { TEMPORAL_TLS_CLIENT_CERT_PATH: 'other.crt', TEMPORAL_TLS_CLIENT_KEY_PATH: 'other.key' };
const withAddress = (env: Record<string, string>) => environment({ TEMPORAL_ADDRESS: proxy.address, ...env });
const openWith = async (env: Record<string, string>): Promise<void> => {
  const { connection } = await openTemporal(readWorkerConfig(env).temporal);
  await connection.close();
};

describe('mTLS', () => {
  it.each<[string, () => Record<string, string>]>([
    ['variables', () => withAddress({ ...authority, ...certificate })],
    ['a profile', () => environment({ TEMPORAL_CONFIG_FILE: 'temporal.toml', TEMPORAL_PROFILE: 'production' })],
    [
      'another name of the server',
      () => withAddress({ ...authority, ...certificate, TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' }),
    ],
  ])('by %s: both the client and the worker reach the namespace', async (_, env) => {
    const { temporal: target } = readWorkerConfig(env());
    const { connection } = await openTemporal(target);
    const { namespace, ...options } = target;
    const native = await NativeConnection.connect(options);
    try {
      const described = await connection.workflowService.describeNamespace({ namespace });
      expect(described.namespaceInfo?.name).toBe('default');
      const again = await native.workflowService.describeNamespace({ namespace });
      expect(again.namespaceInfo?.name).toBe('default');
    } finally {
      await Promise.all([connection.close(), native.close()]);
    }
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no certificate', authority, /^TEMPORAL_TLS_CLIENT_CERT_PATH[^\n]* Name a certificate that it accepts/],
    [
      'another certificate',
      { ...authority, ...stranger },
      /^TEMPORAL_TLS_CLIENT_CERT_PATH[^\n]* Name a certificate that it accepts/,
    ],
    [
      'another authority',
      { ...certificate, TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'other-ca.crt' },
      /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: the certificate of [^\n]* is not accepted/,
    ],
    [
      'another name',
      { ...authority, ...certificate, TEMPORAL_TLS_SERVER_NAME: 'example.org' },
      /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: [^\n]*example\.org/,
    ],
    ['no TLS', {}, /^TEMPORAL_TLS: [^\n]* does not answer without TLS\. Set TEMPORAL_TLS=true/],
  ])('%s is refused', async (_, env, line) => {
    await expect(openWith(withAddress(env))).rejects.toThrow(line);
  });

  it('against a server without TLS is refused', async () => {
    const env = environment({ TEMPORAL_ADDRESS: temporal.server.address, TEMPORAL_TLS: 'true' });
    await expect(openWith(env)).rejects.toThrow(/^TEMPORAL_TLS: \S+ does not speak TLS\./);
  });
});

describe('an API key', () => {
  it('is sent with each call, over TLS, by client and worker', async () => {
    const seen: string[] = [];
    const fake = http2.createSecureServer({ cert: server.cert, key: server.key });
    fake.on('stream', (stream, headers) => {
      seen.push(`${headers[':path']} ${headers.authorization}`);
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16', 'grpc-message': 'unknown key' },
        { endStream: true },
      );
    });
    fake.listen(0, '127.0.0.1');
    await once(fake, 'listening');
    try {
      const address = `localhost:${(fake.address() as AddressInfo).port}`;
      const env = environment({ TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: 'the-key', ...authority });
      await expect(openWith(env)).rejects.toThrow(/^TEMPORAL_API_KEY: [^\n]*unknown key/);
      expect(seen).toContain('/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace Bearer the-key');
      seen.length = 0;
      const { namespace: _, ...options } = readWorkerConfig(env).temporal;
      await expect(NativeConnection.connect(options)).rejects.toThrow();
      expect(seen[0]).toContain('Bearer the-key');
    } finally {
      fake.close();
    }
  });
});

describe('a server whose operator service is closed to us', () => {
  it.each<[string, number, number]>([
    ['looked at', 7, 7],
    ['looked at, as it is not served', 12, 12],
    ['added', 0, 7],
  ])('is worked with, and told what to do, where search attributes may not be %s', async (_, list, add) => {
    const statuses: Record<string, number> = {
      DescribeNamespace: 0,
      ListSearchAttributes: list,
      AddSearchAttributes: add,
    };
    const fake = http2.createServer();
    fake.on('stream', (stream, headers) => {
      const status = statuses[String(headers[':path']).split('/').at(-1) ?? ''] ?? 0;
      const head = { ':status': 200, 'content-type': 'application/grpc' };
      if (status !== 0) {
        stream.respond({ ...head, 'grpc-status': String(status), 'grpc-message': 'not for you' }, { endStream: true });
        return;
      }
      stream.respond(head, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // A message without fields.
      stream.end(Buffer.alloc(5));
    });
    fake.listen(0, '127.0.0.1');
    await once(fake, 'listening');
    try {
      const address = `127.0.0.1:${(fake.address() as AddressInfo).port}`;
      const env = environment({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'locked' });
      const { connection, warning } = await openTemporal(readWorkerConfig(env).temporal);
      await connection.close();
      expect(warning).toMatch(
        /temporal operator search-attribute create --namespace locked --name \w+ --type (Keyword|Bool) --name /,
      );
    } finally {
      fake.close();
    }
  });
});

describe('the worker ends at its start, by one line that names variable and remedy', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a server that wants a client certificate',
      () => withAddress(authority),
      /^TEMPORAL_TLS_CLIENT_CERT_PATH[^\n]* Name a certificate that it accepts[^\n]*\n$/,
    ],
    [
      'a namespace that does not exist',
      () => withAddress({ ...authority, ...certificate, TEMPORAL_NAMESPACE: 'nowhere' }),
      /^TEMPORAL_NAMESPACE: [^\n]* has no namespace "nowhere"[^\n]* Create it [^\n]*\n$/,
    ],
  ])('%s', async (_, env, line) => {
    const { code, stderr } = await SpawnedProgram.start('worker/main.ts', env()).end();
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
  });
});
