import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { TemporaryPostgres } from '../kit/postgres/temporary-postgres.js';
import { plan } from './manifests.js';
import { OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
let postgres: TemporaryPostgres;
beforeAll(async () => {
  ({ api, postgres } = await TestApi.startOnOwnServer());
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;

it('answers 503 while Postgres is down, and continues when it is back, open watches included', async () => {
  await api.create('migplans', plan('before'));
  const { body: list } = await api.request('GET', PLANS);
  const watch = await api.watch(`${PLANS}?watch=true&resourceVersion=${list.metadata.resourceVersion}`);
  await postgres.stop();

  for (const answer of [await api.request('GET', PLANS), await api.create('migplans', plan('during'))]) {
    expect(answer.code).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.body).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable', code: 503 });
  }
  expect((await api.request('GET', '/readyz')).code).toBe(503);
  expect((await api.request('GET', '/healthz')).code).toBe(200);

  await postgres.start();
  await vi.waitFor(async () => expect((await api.create('migplans', plan('after'))).code).toBe(201), {
    timeout: 20_000,
    interval: 500,
  });
  await vi.waitFor(() => expect(watch.events.map(({ object }) => object.metadata.name)).toEqual(['after']), {
    timeout: 20_000,
  });
  watch.stop();
});
