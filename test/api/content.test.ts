import { afterAll, beforeAll, expect, it } from 'vitest';
import { NAMESPACE, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const path = (plural: string) => `/api/v1/namespaces/${NAMESPACE}/${plural}`;
const encoded = (length: number) => Buffer.alloc(length, 'x').toString('base64');
const MIB = 1024 * 1024;

it.each(['', '..', '.', '..data', 'bad key', 'a/../x', 'k'.repeat(254), 'ä'])(
  'a Secret or ConfigMap has no key %j, which no file can be called',
  async (key) => {
    const metadata = { name: 'keys' };
    expect((await api.request('POST', path('configmaps'), { metadata, data: { [key]: 'x' } })).code).toBe(422);
    expect((await api.request('POST', path('configmaps'), { metadata, binaryData: { [key]: 'eA==' } })).code).toBe(422);
    expect((await api.request('POST', path('secrets'), { metadata, data: { [key]: 'eA==' } })).code).toBe(422);
    expect((await api.request('POST', path('secrets'), { metadata, stringData: { [key]: 'x' } })).code).toBe(422);
  },
);

it('a ConfigMap has each key once, in data or in binaryData', async () => {
  const body = { metadata: { name: 'twice' }, data: { k: 'x' }, binaryData: { k: 'eA==' } };
  const answer = await api.request('POST', path('configmaps'), body);
  expect(answer.body).toMatchObject({ code: 422, details: { causes: [{ field: 'binaryData[k]' }] } });
});

it('they hold 1 MiB', async () => {
  const post = (plural: string, name: string, content: object) =>
    api.request('POST', path(plural), { metadata: { name }, ...content });
  expect((await post('configmaps', 'full', { data: { k: 'x'.repeat(MIB) } })).code).toBe(201);
  expect((await post('configmaps', 'over', { data: { k: 'x'.repeat(MIB + 1) } })).body.message).toContain('Too long');
  expect((await post('configmaps', 'over', { data: { k: 'x' }, binaryData: { b: encoded(MIB) } })).code).toBe(422);
  expect((await post('secrets', 'full', { data: { k: encoded(MIB) } })).code).toBe(201);
  expect((await post('secrets', 'over', { data: { k: encoded(MIB + 1) } })).body.message).toContain('Too long');
});

it('the type of a Secret stays', async () => {
  const body = { metadata: { name: 'typed' }, type: 'example.com/a', stringData: { a: 'b' } };
  expect((await api.request('POST', path('secrets'), body)).code).toBe(201);
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  const patch = (change: object) => api.request('PATCH', `${path('secrets')}/typed`, change, headers);
  expect((await patch({ type: 'Opaque' })).body).toMatchObject({ code: 422, details: { causes: [{ field: 'type' }] } });
  expect((await patch({ stringData: { a: 'c' } })).code).toBe(200);
});
