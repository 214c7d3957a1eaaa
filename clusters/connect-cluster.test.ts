import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../test/kit/cluster/collect.js';
import { configMap, FakeApiServer, json, status } from '../test/kit/fakes/fake-api-server.js';
import type { ClusterClient } from './cluster-client.js';
import { connectCluster } from './connect-cluster.js';

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };

describe('connectCluster', () => {
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

  it('reads the version of managed clusters too', async () => {
    api.answer(json(200, { major: '1', minor: '27+', gitVersion: 'v1.27.3-gke.100' }));
    expect(await client.version()).toEqual({ major: 1, minor: 27, gitVersion: 'v1.27.3-gke.100' });
  });

  it('gets an object, undefined when it or its type is not there', async () => {
    api.answer(json(200, configMap('settings')), status(404, 'NotFound'));
    expect(await client.get(ref)).toMatchObject({ metadata: { name: 'settings' } });
    expect(api.requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/namespaces/shop/configmaps/settings' });
    expect(await client.get(ref)).toBeUndefined();
    expect(await client.get({ ...ref, apiVersion: 'velero.io/v1', kind: 'Backup' })).toBeUndefined();
  });

  it('names the type that a cluster does not serve', async () => {
    await expect(client.list({ apiVersion: 'velero.io/v1', kind: 'Backup' })).rejects.toMatchObject({
      code: 404,
      message:
        'list Backup on cluster "source" failed: the cluster does not serve Backup of velero.io/v1 (404 NotFound).',
    });
  });

  it('sends the token and keeps it out of failures', async () => {
    api.answer(status(403, 'Forbidden', 'configmaps "settings" is forbidden'));
    const failure = await client.get(ref).catch((error: unknown) => error);
    expect(api.requests[0]?.headers.authorization).toBe('Bearer planted-secret-token');
    expect(failure).toMatchObject({ code: 403, reason: 'Forbidden', retryable: false });
    expect(String(failure)).toContain(
      'get ConfigMap shop/settings on cluster "source" failed: configmaps "settings" is',
    );
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('planted-secret-token');
  });

  it('returns the object that is there already', async () => {
    api.answer(status(409, 'AlreadyExists'), json(200, configMap('settings', '7')));
    expect(await client.createIfAbsent(configMap('settings'))).toMatchObject({
      created: false,
      object: { metadata: { resourceVersion: '7' } },
    });
  });

  it('creates again when the object that was there has vanished since', async () => {
    api.answer(status(409, 'AlreadyExists'), status(404, 'NotFound'), json(201, configMap('settings', '8')));
    expect(await client.createIfAbsent(configMap('settings'))).toMatchObject({ created: true });
    expect(api.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  it.each([
    ['merge', 'application/merge-patch+json'],
    ['json', 'application/json-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
  ] as const)('sends a %s patch', async (type, contentType) => {
    api.answer(json(200, configMap('settings')));
    await client.patch(ref, { data: { a: '1' } }, { type, subresource: 'status', dryRun: true });
    expect(api.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/namespaces/shop/configmaps/settings/status',
      headers: { 'content-type': contentType },
      body: { data: { a: '1' } },
    });
    expect(api.requests[0]?.query.get('dryRun')).toBe('All');
  });

  it('applies server-side', async () => {
    api.answer(json(200, configMap('settings')));
    await client.apply(configMap('settings'), { fieldManager: 'tester', force: true });
    expect(api.requests[0]).toMatchObject({
      method: 'PATCH',
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ fieldManager: 'tester', force: 'true' });
  });

  it('deletes with preconditions, false when it was not there', async () => {
    api.answer(json(200, { kind: 'Status', status: 'Success' }), status(404, 'NotFound'));
    expect(await client.remove(ref, { uid: 'u1', propagationPolicy: 'Foreground', gracePeriodSeconds: 0 })).toBe(true);
    expect(api.requests[0]?.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 0,
      preconditions: { uid: 'u1' },
    });
    expect(await client.remove(ref)).toBe(false);
  });

  it('leaves an object of the same name with another uid alone', async () => {
    api.answer(status(409, 'Conflict'), json(200, configMap('settings')));
    expect(await client.remove(ref, { uid: 'u1' })).toBe(false);
  });

  it('asks for a right', async () => {
    api.answer(json(201, { status: { allowed: false, reason: 'no rule' } }));
    const question = { verb: 'create', group: '', resource: 'pods', subresource: 'exec' };
    expect(await client.accessReview(question)).toEqual({ allowed: false, reason: 'no rule' });
    expect(api.requests[0]?.body).toMatchObject({ spec: { resourceAttributes: question } });
  });

  it('gives the lines of a log', async () => {
    api.answer((_request, response) => void response.end('first\nsecond\n'));
    const lines = await collect(
      client.logs({ namespace: 'shop', name: 'web', container: 'main' }, { tailLines: 2, follow: true }),
    );
    expect(lines).toEqual(['first', 'second']);
    expect(`${api.requests[0]?.path}?${api.requests[0]?.query}`).toBe(
      '/api/v1/namespaces/shop/pods/web/log?container=main&tailLines=2&follow=true',
    );
  });

  it('takes no page for an object', async () => {
    api.answer((_request, response) => void response.end('<html>Please log in</html>'));
    await expect(client.get(ref)).rejects.toThrow('(the answer is not JSON). Check that spec.url is the address');
    expect(await client.request('GET', '/readyz', { query: { verbose: 'true' } })).toBe('<html>Please log in</html>');
    expect(api.requests[1]?.query.get('verbose')).toBe('true');
  });

  it('keeps the path that the API is served below', async () => {
    const below = connectCluster({ ...api.access, server: `${api.access.server}/k8s/clusters/c-1/` });
    api.answer(json(200, { major: '1', minor: '36', gitVersion: 'v1.36.3' }));
    await below.version();
    expect(api.requests[0]?.path).toBe('/k8s/clusters/c-1/version');
    await below.close();
  });
});
