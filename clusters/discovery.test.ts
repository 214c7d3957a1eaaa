import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, FakeApiServer, json, status } from '../test/kit/fakes/fake-api-server.js';
import { ApiConnection } from './api-connection.js';
import { Discovery } from './discovery.js';

const verbs = ['get', 'list', 'watch'];
const plain = (...resources: object[]) => json(200, { kind: 'APIResourceList', resources });
const hpa = { name: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', namespaced: true, verbs };
const aggregated = (resource: string, kind: string, scope = 'Namespaced') => ({
  resource,
  responseKind: { group: '', version: 'ignored', kind },
  scope,
  verbs,
});

describe('Discovery', () => {
  let api: FakeApiServer;
  let discovery: Discovery;
  let connection: ApiConnection;

  /** Answers by path; what is not named is 404. */
  const serve = (answers: Record<string, Answer>) =>
    api.answer((request, response) => (answers[request.path] ?? status(404, 'NotFound'))(request, response));
  const names = async () =>
    (await discovery.discover()).map(({ apiVersion, resource }) => `${apiVersion} ${resource}`).sort();

  beforeEach(async () => {
    api = await FakeApiServer.start();
    connection = new ApiConnection(api.access, { retryPause: 1 });
    discovery = new Discovery(connection);
  });
  afterEach(async () => {
    await connection.close();
    await api[Symbol.asyncDispose]();
  });

  it('reads all groups with two calls where the cluster offers it', async () => {
    serve({
      '/api': json(200, {
        kind: 'APIGroupDiscoveryList',
        items: [{ metadata: {}, versions: [{ version: 'v1', resources: [aggregated('nodes', 'Node', 'Cluster')] }] }],
      }),
      '/apis': json(200, {
        kind: 'APIGroupDiscoveryList',
        items: [
          {
            metadata: { name: 'autoscaling' },
            versions: [
              { version: 'v2', resources: [aggregated('horizontalpodautoscalers', 'HorizontalPodAutoscaler')] },
              {
                version: 'v1',
                resources: [
                  aggregated('horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
                  aggregated('onlyinv1', 'OnlyInV1'),
                ],
              },
            ],
          },
        ],
      }),
    });
    expect(await names()).toEqual(['autoscaling/v1 onlyinv1', 'autoscaling/v2 horizontalpodautoscalers', 'v1 nodes']);
    expect(await discovery.resourceOf({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' })).toEqual({
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      resource: 'horizontalpodautoscalers',
      group: 'autoscaling',
      version: 'v1',
      namespaced: true,
      verbs,
    });
    expect(await discovery.resourceOf({ apiVersion: 'v1', kind: 'Node' })).toMatchObject({ namespaced: false });
    expect(api.requests).toHaveLength(2);
    expect(api.requests[0]?.headers.accept).toContain('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  });

  it('reads version by version elsewhere, and does without a group whose server is down', async () => {
    const group = (name: string, preferred: string, ...versions: string[]) => ({
      name,
      preferredVersion: { groupVersion: `${name}/${preferred}` },
      versions: versions.map((version) => ({ groupVersion: `${name}/${version}` })),
    });
    serve({
      '/api': json(200, { kind: 'APIVersions', versions: ['v1'] }),
      '/apis': json(200, {
        kind: 'APIGroupList',
        groups: [group('autoscaling', 'v2', 'v1', 'v2'), group('metrics.k8s.io', 'v1beta1', 'v1beta1')],
      }),
      '/apis/autoscaling/v1': plain(hpa),
      '/apis/autoscaling/v2': plain(hpa, { ...hpa, name: 'horizontalpodautoscalers/status' }),
      '/apis/metrics.k8s.io/v1beta1': status(503, 'ServiceUnavailable'),
    });
    expect(await names()).toEqual([
      'autoscaling/v2 horizontalpodautoscalers',
      'v1 configmaps',
      'v1 namespaces',
      'v1 pods',
    ]);
  });

  it('asks again for a type that was not there, and not for one that was', async () => {
    const backup = { apiVersion: 'velero.io/v1', kind: 'Backup' };
    serve({});
    expect(await discovery.resourceOf(backup)).toBeUndefined();
    api.answer(plain({ name: 'backups', kind: 'Backup', namespaced: true, verbs }));
    await discovery.resourceOf(backup);
    const seen = api.requests.length;
    expect(await discovery.resourceOf(backup)).toMatchObject({ resource: 'backups', group: 'velero.io' });
    expect(api.requests).toHaveLength(seen);
  });

  it('prefers, of two resources of a kind, the one that can be read', async () => {
    serve({
      '/apis/template.openshift.io/v1': plain(
        { name: 'processedtemplates', kind: 'Template', namespaced: true, verbs: ['create'] },
        { name: 'templates', kind: 'Template', namespaced: true, verbs },
      ),
    });
    expect(await discovery.resourceOf({ apiVersion: 'template.openshift.io/v1', kind: 'Template' })).toMatchObject({
      resource: 'templates',
    });
  });
});
