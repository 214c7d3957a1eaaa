import { expect, it } from 'vitest';
import { configMap, FakeApiServer, json, status } from '../test/kit/fakes/fake-api-server.js';
import { connectCluster } from './connect-cluster.js';

const page = (version: string, names: string[], next?: string) =>
  json(200, { metadata: { resourceVersion: version, continue: next }, items: names.map((name) => configMap(name)) });
const type = { apiVersion: 'v1', kind: 'ConfigMap' };

it('reads all pages of one version', async () => {
  await using api = await FakeApiServer.start();
  api.answer(page('5', ['a', 'b'], 'more'), page('5', ['c']));
  const { items, resourceVersion } = await connectCluster(api.access).list(type, { namespace: 'shop', limit: 2 });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  expect(resourceVersion).toBe('5');
  expect(api.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
    '/api/v1/namespaces/shop/configmaps?limit=2',
    '/api/v1/namespaces/shop/configmaps?limit=2&continue=more',
  ]);
});

it('says of each item what it is, as servers leave that out', async () => {
  await using api = await FakeApiServer.start();
  api.answer(json(200, { metadata: { resourceVersion: '5' }, items: [{ metadata: { name: 'a' }, data: { x: '1' } }] }));
  expect((await connectCluster(api.access).list(type)).items).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } },
  ]);
  expect(api.requests[0]?.path).toBe('/api/v1/configmaps');
});

it('starts again without pages when the version of the first page is gone', async () => {
  await using api = await FakeApiServer.start();
  api.answer(page('5', ['a', 'b'], 'more'), status(410, 'Expired'), page('9', ['b', 'c']));
  const { items, resourceVersion } = await connectCluster(api.access).list(type);
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['b', 'c']);
  expect(resourceVersion).toBe('9');
  expect(api.requests[2]?.query.has('limit')).toBe(false);
});

it('takes an empty list in every form', async () => {
  await using api = await FakeApiServer.start();
  api.answer(json(200, { metadata: { resourceVersion: '5' }, items: null }));
  expect(await connectCluster(api.access).list(type)).toEqual({ items: [], resourceVersion: '5' });
});
