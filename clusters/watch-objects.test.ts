import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../test/kit/cluster/collect.js';
import { configMap, events, FakeApiServer, json, status } from '../test/kit/fakes/fake-api-server.js';
import type { ClusterClient, WatchOptions } from './cluster-client.js';
import { connectCluster } from './connect-cluster.js';

const type = { apiVersion: 'v1', kind: 'ConfigMap' };
const listOf = (resourceVersion: string, ...names: string[]) =>
  json(200, { metadata: { resourceVersion }, items: names.map((name) => configMap(name)) });
const event = (name: string, version: string, change = 'MODIFIED') => ({
  type: change,
  object: configMap(name, version),
});
const bookmark = (resourceVersion: string) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } });
const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };

describe('watch', () => {
  let api: FakeApiServer;
  let client: ClusterClient;

  beforeEach(async () => {
    api = await FakeApiServer.start();
    client = connectCluster(api.access, { retryPause: 1, watchSilence: 300 });
  });
  afterEach(async () => {
    await client.close();
    await api[Symbol.asyncDispose]();
  });

  const take = async (count: number, options?: WatchOptions) =>
    (await collect(client.watch(type, options), count)).map((seen) =>
      seen.type === 'SYNCED'
        ? `SYNCED ${seen.objects.map(({ metadata }) => metadata.name)}`
        : `${seen.type} ${seen.object.metadata.name}`,
    );
  const watchedVersions = () =>
    api.requests.filter(({ query }) => query.has('watch')).map(({ query }) => query.get('resourceVersion'));

  it('begins with the list and continues from its version', async () => {
    api.answer(listOf('10', 'a', 'b'), events([event('a', '11'), event('c', '12', 'ADDED')], 'silence'));
    expect(await take(3, { namespace: 'shop', labelSelector: 'app=web' })).toEqual([
      'SYNCED a,b',
      'MODIFIED a',
      'ADDED c',
    ]);
    expect(Object.fromEntries(api.requests[1]?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: '300',
      labelSelector: 'app=web',
    });
  });

  it('resumes after the last event or bookmark when the connection ends or breaks', async () => {
    api.answer(
      events([event('a', '11')], 'end'),
      events([event('a', '12'), bookmark('40')], 'break'),
      status(503, 'ServiceUnavailable'),
      events([event('a', '41', 'DELETED')], 'silence'),
    );
    expect(await take(3, { resourceVersion: '10' })).toEqual(['MODIFIED a', 'MODIFIED a', 'DELETED a']);
    expect(watchedVersions()).toEqual(['10', '11', '40', '40']);
  });

  it.each([
    ['an event', events([expired])],
    ['an answer', status(410, 'Expired')],
  ])('lists again when %s says that the version is too old', async (_name, answer) => {
    api.answer(answer, listOf('90', 'a'), events([event('a', '91')], 'silence'));
    expect(await take(2, { resourceVersion: '10' })).toEqual(['SYNCED a', 'MODIFIED a']);
    expect(watchedVersions()).toEqual(['10', '90']);
  });

  it('takes a connection that says nothing at all for dead', async () => {
    api.answer(listOf('10'), events([], 'silence'), events([event('a', '11')], 'silence'));
    expect(await take(2)).toEqual(['SYNCED ', 'MODIFIED a']);
  });

  it('outlasts a server that is away once it has answered', async () => {
    api.answer(
      listOf('10'),
      ...Array.from({ length: 6 }, () => status(503, 'ServiceUnavailable')),
      events([event('a', '11')], 'silence'),
    );
    expect(await take(2)).toEqual(['SYNCED ', 'MODIFIED a']);
  });

  it('throws what goes wrong before the first answer', async () => {
    api.answer(status(500, 'InternalError'));
    await expect(take(1)).rejects.toMatchObject({ code: 500 });
  });

  it('throws refusals at any time', async () => {
    api.answer(listOf('10'), status(403, 'Forbidden', 'token revoked'));
    await expect(take(2)).rejects.toThrow('watch ConfigMap objects on cluster "source" failed: token revoked (403');
  });

  it('rejects with the reason of its signal', async () => {
    api.answer(listOf('10'), events([], 'silence'));
    const abort = new AbortController();
    const reason = new Error('canceled');
    setTimeout(() => abort.abort(reason), 100);
    await expect(take(2, { signal: abort.signal })).rejects.toBe(reason);
  });

  it('ends when its client is closed', async () => {
    api.answer(listOf('10'), events([event('a', '11')], 'end'));
    const watch = client.watch(type);
    await watch.next();
    await watch.next();
    await client.close();
    await expect(watch.next()).rejects.toThrow('has been closed');
  });
});
