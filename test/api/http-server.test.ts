import { once } from 'node:events';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

/** What the server writes to these bytes until it closes the connection. */
async function raw(...parts: string[]): Promise<{ code: number; head: string; body: string }> {
  const { hostname, port } = new URL(api.url);
  const socket = connect({ host: hostname, port: Number(port), ca: api.ca });
  await once(socket, 'secureConnect');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { code: Number(head.split(' ')[1]), head, body };
}

describe("what Node's own parser refuses", () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['an unknown method', 'BREW /coffee HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    [
      'two lengths of a body',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['endless headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2_000_000)}\r\n\r\n`, 431],
    ['an endless address', `GET /${'x'.repeat(2_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ])('is answered with a Status: %s', async (_what, text, code) => {
    const answer = await raw(text);
    expect(answer.code).toBe(code);
    expect(answer.head).toContain('Content-Type: application/json');
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code });
  });
});

describe('a connection', () => {
  it('is kept longer than proxies keep theirs', async () => {
    const response = await api.fetch('/version', { headers: { Connection: 'keep-alive' } });
    await response.text();
    const [, seconds] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(600);
  });

  it('takes headers as long as those of Kubernetes', async () => {
    const selector = Array.from({ length: 150 }, (_, index) => `metadata.name!=${'long-'.repeat(100)}${index}`).join();
    expect((await api.request('GET', `${OBJECTS_PATH}/migplans?fieldSelector=${selector}`)).code).toBe(200);
  });
});

describe('a large answer', () => {
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/large`;
  beforeAll(async () => {
    const body = { metadata: { name: 'large' }, data: { text: 'text '.repeat(60_000) } };
    await api.request('POST', path.replace('/large', ''), body);
  });

  /** Without a client that unpacks by itself. */
  async function get(acceptEncoding: string, pathAndQuery = path) {
    const headers = [
      `GET ${pathAndQuery} HTTP/1.1`,
      'Host: a',
      `Authorization: Bearer ${api.token}`,
      ...(acceptEncoding ? [`Accept-Encoding: ${acceptEncoding}`] : []),
      'Connection: close',
    ];
    const { hostname, port } = new URL(api.url);
    const socket = connect({ host: hostname, port: Number(port), ca: api.ca });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(`${headers.join('\r\n')}\r\n\r\n`);
    await once(socket, 'close');
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    return { head: answer.subarray(0, end).toString(), body: answer.subarray(end + 4), size: answer.length };
  }

  it('is packed for clients that can unpack it', async () => {
    const packed = await get('gzip, deflate');
    expect(packed.head).toMatch(/content-encoding: gzip/i);
    expect(packed.size).toBeLessThan(30_000);
    // Transfer-Encoding: chunked or not, the packed bytes begin with gzip's mark.
    const start = packed.body.indexOf(Buffer.from([0x1f, 0x8b]));
    expect(start).toBeGreaterThanOrEqual(0);
    if (/content-length/i.test(packed.head)) {
      expect(JSON.parse(gunzipSync(packed.body).toString()).metadata.name).toBe('large');
    }
    const response = await api.fetch(path);
    expect(((await response.json()) as { data: { text: string } }).data.text).toHaveLength(300_000);
  });

  it.each(['', 'identity', 'gzip;q=0', 'br'])('goes as it is otherwise (%j)', async (encoding) => {
    const { head, size } = await get(encoding);
    expect(head).not.toMatch(/content-encoding/i);
    expect(size).toBeGreaterThan(300_000);
  });

  it('is not packed when it is small', async () => {
    expect((await get('gzip', '/version')).head).not.toMatch(/content-encoding/i);
  });
});

it('impersonation is refused rather than ignored', async () => {
  const { code, body } = await api.request('GET', '/version', undefined, { 'Impersonate-User': 'jane' });
  expect([code, body.reason]).toEqual([403, 'Forbidden']);
  expect((await api.kubectl('get', 'migplans', '-A', '--as', 'jane')).stderr).toContain('Forbidden');
});

it('a failure that was not foreseen is logged without what was written', async () => {
  const { resources } = api.store;
  const create = resources.create.bind(resources);
  const secret = 'planted-stunnel-password';
  resources.create = async () => {
    const cause = Object.assign(new Error('broken'), { detail: secret, where: secret });
    throw Object.assign(new Error('broken', { cause }), { query: 'INSERT', parameters: [secret], driverError: cause });
  };
  const failed = await api.create('migplans', { metadata: { name: 'failing' }, spec: {} });
  resources.create = create;
  expect(failed.code).toBe(500);
  await expect.poll(() => api.log).toContain('broken');
  expect(api.log).toContain('INSERT');
  expect(api.log).not.toContain(secret);
});
