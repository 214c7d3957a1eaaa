import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, events, FakeApiServer, json } from '../test/kit/fakes/fake-api-server.js';
import type { ClusterClient } from './cluster-client.js';
import { connectCluster } from './connect-cluster.js';
import { waitForObject, waitUntilGone } from './wait-for.js';

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const list = (...items: object[]) => json(200, { metadata: { resourceVersion: '1' }, items });
const change = (type: string, version: string) => ({ type, object: configMap('a', version) });

describe('waiting', () => {
  let api: FakeApiServer;
  let client: ClusterClient;

  beforeEach(async () => {
    api = await FakeApiServer.start();
    client = connectCluster(api.access, { retryPause: 1 });
  });
  afterEach(async () => {
    await client.close();
    await api[Symbol.asyncDispose]();
  });

  it('ends when the object is as it should be, having shown each state', async () => {
    api.answer(list(), events([change('ADDED', '2'), change('DELETED', '3'), change('ADDED', '4')], 'silence'));
    const seen: (string | undefined)[] = [];
    const object = await waitForObject(client, ref, ({ metadata }) => metadata.resourceVersion === '4', {
      onChange: (state) => seen.push(state?.metadata.resourceVersion),
    });
    expect(object.metadata.resourceVersion).toBe('4');
    expect(seen).toEqual([undefined, '2', undefined, '4']);
    expect(api.requests[0]?.query.get('fieldSelector')).toBe('metadata.name=a');
    expect(api.requests[0]?.path).toBe('/api/v1/namespaces/shop/configmaps');
  });

  it('ends with what onChange throws', async () => {
    api.answer(list(configMap('a')));
    const onChange = () => {
      throw new Error('the pod has failed');
    };
    await expect(waitForObject(client, ref, () => false, { onChange })).rejects.toThrow('the pod has failed');
  });

  it('ends when the object is gone', async () => {
    api.answer(list(configMap('a')), events([change('MODIFIED', '2'), change('DELETED', '3')], 'silence'));
    await waitUntilGone(client, ref);
    api.answer(list(configMap('a')));
    await waitUntilGone(client, ref, { uid: 'another' });
  });

  it('ends when its signal does', async () => {
    api.answer(list(configMap('a')), events([], 'silence'));
    await expect(waitUntilGone(client, ref, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
  });
});
