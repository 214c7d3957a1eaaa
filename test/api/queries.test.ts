import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
  await api.create('migplans', { ...plan('ranked'), metadata: { name: 'ranked', labels: { rank: '5' } } });
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;

describe('a boolean of a query is read as Kubernetes reads it', () => {
  it.each(['watch=True', 'watch=true', 'watch=1', 'watch', 'watch=', 'watch=yes', 'watch=true&watch=false'])(
    '%s watches',
    async (query) => {
      const watch = await api.watch(`${PLANS}?${query}&allowWatchBookmarks=True`);
      await vi.waitFor(() => expect(watch.events[0]?.object.metadata.name).toBe('ranked'));
      watch.stop();
    },
  );

  it.each(['watch=False', 'watch=0', 'watch=false', ''])('%s lists', async (query) => {
    expect((await api.request('GET', `${PLANS}?${query}`)).body.kind).toBe('MigPlanList');
  });

  it('so that a list whose answer may be pretty is', async () => {
    const response = await api.fetch(`${PLANS}?pretty`);
    expect(await response.text()).toContain('\n  "kind": "MigPlanList"');
  });
});

describe('a list', () => {
  const list = (query: string) => api.request('GET', `${PLANS}?${query}`);

  it('is refused for revisions and matches that are none', async () => {
    expect((await list('resourceVersion=abc')).code).toBe(400);
    expect((await list('resourceVersionMatch=Exact')).code).toBe(422);
    expect((await list('resourceVersion=1&resourceVersionMatch=Foo')).code).toBe(422);
    expect((await list('resourceVersion=0&resourceVersionMatch=Exact')).code).toBe(422);
  });

  it('is of the very revision asked for, or not given', async () => {
    const { body } = await list('');
    const now = body.metadata.resourceVersion;
    expect((await list(`resourceVersion=${now}&resourceVersionMatch=Exact`)).body.metadata.resourceVersion).toBe(now);
    expect((await list('resourceVersion=1&resourceVersionMatch=Exact')).body).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    expect((await list('resourceVersion=1&resourceVersionMatch=NotOlderThan')).code).toBe(200);
    expect((await list('resourceVersion=0')).code).toBe(200);
  });

  it('is not older than asked for', async () => {
    const late = { code: 504, reason: 'Timeout', details: { retryAfterSeconds: 1 } };
    expect((await list('resourceVersion=99999999')).body).toMatchObject(late);
    const watch = 'watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan';
    expect((await list(`${watch}&resourceVersion=99999999`)).body).toMatchObject(late);
  });

  it('is selected by numbers in labels', async () => {
    expect((await list('labelSelector=rank>4,rank<6')).body.items).toHaveLength(1);
    expect((await list('labelSelector=rank>5')).body.items).toHaveLength(0);
    expect((await list('labelSelector=rank>x')).code).toBe(400);
  });
});

describe('where nothing of the kind can be done', () => {
  it.each([
    ['PUT', PLANS],
    ['PATCH', PLANS],
    ['OPTIONS', PLANS],
    ['POST', `${PLANS}/ranked`],
    ['DELETE', `${KINDS_PATH}/migplans`],
    ['DELETE', '/api/v1/secrets'],
  ])('%s %s is answered with 405', async (method, path) => {
    const { code, body } = await api.request(method, path, ['PUT', 'PATCH', 'POST'].includes(method) ? {} : undefined);
    expect(code).toBe(405);
    expect(body).toMatchObject({ kind: 'Status', reason: 'MethodNotAllowed' });
    expect((await api.request('GET', `${PLANS}/ranked`)).code).toBe(200);
  });

  it.each([
    `/api/v1/namespaces/${NAMESPACE}/resourcequotas`,
    `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/a/token`,
    '/apis/apps/v1/namespaces/a/deployments',
    '/nowhere',
  ])('a POST to %s is answered with 404, whatever its body is', async (path) => {
    for (const [type, body] of [
      ['application/vnd.kubernetes.protobuf', 'k8s\0…'],
      ['text/plain', 'x'],
      ['application/json', '{'],
    ] as const) {
      expect((await api.request('POST', path, body, { 'Content-Type': type })).code).toBe(404);
    }
  });
});
