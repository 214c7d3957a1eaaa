import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { configMap, FakeApiServer, json, status } from '../test/kit/fakes/fake-api-server.js';
import { type ApiCall, ApiConnection } from './api-connection.js';

const read: ApiCall = { method: 'GET', path: '/x', verb: 'get', object: 'Thing a/b' };
const create: ApiCall = { method: 'POST', path: '/x', verb: 'create', object: 'Thing a/b', body: {} };
const quick = { retryPause: 1, connect: 500, answer: 300 };

describe('ApiConnection', () => {
  let api: FakeApiServer;
  let connection: ApiConnection;

  beforeEach(async () => {
    api = await FakeApiServer.start();
    connection = new ApiConnection(api.access, quick);
  });
  afterEach(async () => {
    await connection.close();
    await api[Symbol.asyncDispose]();
  });

  it('keeps connections for later calls', async () => {
    api.answer(json(200, {}));
    for (let call = 0; call < 20; call++) {
      await connection.json(read);
    }
    expect(api.connections).toBeLessThan(4);
  });

  it('repeats a read after 5xx and after a broken connection', async () => {
    api.answer(status(503, 'ServiceUnavailable'), (_request, response) => response.destroy(), json(200, { ok: true }));
    expect(await connection.json(read)).toEqual({ ok: true });
    expect(api.requests).toHaveLength(3);
  });

  it('gives up after a few repetitions, saying what, where and why', async () => {
    api.answer(status(500, 'InternalError', 'etcd is away'));
    await expect(connection.json(read)).rejects.toMatchObject({
      message: 'get Thing a/b on cluster "source" failed: etcd is away (500 InternalError).',
      retryable: true,
    });
    expect(api.requests).toHaveLength(4);
  });

  it.each([
    ['an error of the server', status(500, 'InternalError')],
    ['a broken connection', (_request: unknown, response: { destroy(): void }) => response.destroy()],
    ['a refusal', status(422, 'Invalid')],
  ])('never repeats a write after %s', async (_name, answer) => {
    api.answer(answer);
    await expect(connection.json(create)).rejects.toThrow();
    expect(api.requests).toHaveLength(1);
  });

  it('repeats a write that was turned away unread, after the time the server asks for', async () => {
    api.answer(status(429, 'TooManyRequests', 'slow down', { 'retry-after': '1' }), json(201, {}));
    const start = performance.now();
    await connection.json(create);
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(api.requests).toHaveLength(2);
  });

  it('leaves long pauses to the caller', async () => {
    api.answer(status(429, 'TooManyRequests', 'much later', { 'retry-after': '60' }));
    await expect(connection.json(create)).rejects.toMatchObject({ details: { retryAfter: 60 }, retryable: true });
    expect(api.requests).toHaveLength(1);
  });

  it('rejects an aborted call with the reason of its signal', async () => {
    api.answer(() => {});
    const abort = new AbortController();
    const call = connection.json({ ...read, signal: abort.signal });
    const reason = new Error('the run was canceled');
    setTimeout(() => abort.abort(reason), 50);
    await expect(call).rejects.toBe(reason);
    await expect(connection.json({ ...read, signal: abort.signal })).rejects.toBe(reason);
  });

  it('aborts while it waits to repeat', async () => {
    api.answer(status(429, 'TooManyRequests', 'slow down', { 'retry-after': '4' }));
    const start = performance.now();
    await expect(connection.json({ ...read, signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('ends a call that gets no answer', async () => {
    api.answer(() => {});
    await expect(connection.json(create)).rejects.toMatchObject({ code: 0, reason: 'UND_ERR_HEADERS_TIMEOUT' });
  });

  it('takes no calls when closed', async () => {
    await connection.close();
    await expect(connection.json(read)).rejects.toThrow('has been closed. Connect again');
  });

  it('reads the first line of a page that a proxy sends', async () => {
    api.answer((_request, response) => void response.writeHead(502).end('<html><h1>Bad Gateway</h1>\n<hr>nginx'));
    await expect(connection.json(create)).rejects.toThrow('failed: Bad Gateway (502 UnexpectedAnswer).');
  });

  it('ends a stream whose reader goes away', async () => {
    let closed: Promise<unknown> | undefined;
    api.answer((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.write('one\ntwo\n');
    });
    for await (const line of connection.lines(read)) {
      expect(line).toBe('one');
      break;
    }
    await closed;
  });
});

describe('addresses to which no connection is made', () => {
  const failureOf = async (changes: Partial<FakeApiServer['access']>, api: FakeApiServer) => {
    const connection = new ApiConnection({ ...api.access, ...changes }, quick);
    return connection.json(read).then(
      () => 'connected',
      (error: Error) => error.message,
    );
  };

  it('are those of metadata services, and of this machine where that is said', async () => {
    await using api = await FakeApiServer.start();
    api.answer(json(200, configMap('a')));
    const refused = 'is an address of this machine or of its cloud';
    for (const host of ['169.254.169.254', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]']) {
      expect(await failureOf({ server: `https://${host}` }, api)).toContain(refused);
    }
    const byName = api.access.server.replace('127.0.0.1', 'localhost');
    for (const server of [api.access.server, byName]) {
      expect(await failureOf({ server }, api)).not.toContain(refused);
      expect(await failureOf({ server, refuseLoopback: true }, api)).toContain(refused);
    }
    expect(api.connections).toBeGreaterThan(0);
  });
});

describe('connections that do not come about', () => {
  const failureOf = async (api: FakeApiServer, changes: Partial<FakeApiServer['access']>) => {
    const connection = new ApiConnection({ ...api.access, ...changes }, quick);
    return connection.json(create).catch((error: Error & { reason?: string }) => error.message);
  };

  it('explains each of them', async () => {
    await using api = await FakeApiServer.start();
    api.answer(json(200, configMap('a')));
    const other = await makeServerCertificate();
    expect(await failureOf(api, { caBundle: undefined })).toContain('signed by an authority that is not trusted');
    expect(await failureOf(api, { caBundle: Buffer.from(other.ca).toString('base64') })).toContain(
      'Put the right CA certificate into spec.caBundle',
    );
    expect(await failureOf(api, { server: 'https://127.0.0.1:1' })).toContain('refused the connection');
    expect(await failureOf(api, { server: 'https://no-such-host.invalid' })).toContain('cannot be resolved');
    expect(await failureOf(api, { caBundle: undefined, insecure: true })).toMatchObject({ kind: 'ConfigMap' });
  });

  it('explains certificates of another host and old ones', async () => {
    await using wrongHost = await FakeApiServer.start(await makeServerCertificate(['api.example.com']));
    expect(await failureOf(wrongHost, {})).toContain('is not valid for that host');
    await using old = await FakeApiServer.start(
      await makeServerCertificate(['127.0.0.1'], new Date(Date.now() - 24 * 3600_000)),
    );
    expect(await failureOf(old, {})).toContain('has expired');
  });
});
