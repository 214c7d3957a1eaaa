import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../api/create-api.js';
import { loadLocalIdentity } from '../../api/identity/local-identity.js';
import { startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';
import { plan } from './manifests.js';
import { OBJECTS_PATH } from './test-api.js';

let temporary: TemporaryStore;
let folder: string;
beforeAll(async () => {
  temporary = await startTemporaryStore();
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-test-closing-'));
});
afterAll(async () => {
  await temporary?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function start(graceSeconds?: number) {
  const { tokens, tls, ca } = await loadLocalIdentity(folder);
  const { store } = temporary;
  const api = await createApi({ store, tokens, tls, logger: pino({ level: 'silent' }), graceSeconds });
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ connect: { ca }, connections: 50 });
  const request = (method: string, pathAndQuery: string, body?: object) =>
    fetch(url + pathAndQuery, {
      method,
      dispatcher: agent,
      body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${tokens.admin}`, ...(body && { 'Content-Type': 'application/json' }) },
    });
  return { api, agent, request };
}

/** Names of the plans that are stored. */
async function stored(prefix: string): Promise<string[]> {
  const { items } = await temporary.store.resources.list({ kind: 'MigPlan' });
  return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(prefix));
}

const WRITES = 100;

it.each([
  ['at once', 0],
  ['after a grace', 3],
])('none of a hundred writes is lost when it closes %s', async (_when, graceSeconds) => {
  const { api, agent, request } = await start(graceSeconds);
  const all = Array.from({ length: WRITES }, (_, index) => index);
  await Promise.all(all.map(async () => (await request('GET', '/healthz')).text()));
  const prefix = `closing-${graceSeconds}-`;
  const answered: string[] = [];
  let closed: Promise<void> | undefined;
  const write = async (name: string) => {
    try {
      const response = await request('POST', `${OBJECTS_PATH}/migplans`, plan(name));
      // The answer has to arrive whole, too.
      const { metadata } = (await response.json()) as { metadata: { name: string } };
      if (response.status === 201) answered.push(metadata.name);
    } catch {
      // Not taken: what matters is that it was not done either.
    }
    if (answered.length === WRITES / 4) closed ??= api.close();
  };
  await Promise.all(all.map((index) => write(`${prefix}${index}`)));
  await closed;
  await agent.destroy();
  expect((await stored(prefix)).sort()).toEqual(answered.sort());
  expect(answered.length).toBeGreaterThanOrEqual(graceSeconds ? WRITES : WRITES / 4);
});

it('is not ready in its grace, takes requests still, and ends watches', async () => {
  const { api, agent, request } = await start(1);
  expect((await request('GET', '/readyz')).status).toBe(200);
  const watch = await request('GET', `${OBJECTS_PATH}/migplans?watch=1`);
  const ended = watch.text();
  const started = performance.now();
  const closed = api.close();
  const ready = await request('GET', '/readyz');
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
  expect(await ready.json()).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
  expect((await request('GET', '/healthz')).status).toBe(200);
  expect((await request('GET', `${OBJECTS_PATH}/migplans`)).status).toBe(200);
  await ended;
  await closed;
  expect(performance.now() - started).toBeLessThan(3_500);
  await expect(request('GET', '/healthz')).rejects.toThrow();
  await agent.destroy();
});
