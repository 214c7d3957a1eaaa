import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClusterConnections } from '../../activities/kit/cluster-connections.js';
import { createCheckActivities } from '../../activities/reconcile/index.js';
import type { ClusterConnections } from '../../clusters/cluster-client.js';
import { FakeApiServer, json } from '../kit/fakes/fake-api-server.js';
import { NAMESPACE, TestApi } from './test-api.js';

const logger = pino({ level: 'silent' });
const SECRETS = '/api/v1/namespaces/openshift-config/secrets';
/** To whatever the check of a cluster asks. */
const ANSWER = {
  ...{ major: '1', minor: '33', gitVersion: 'v1.33.0' },
  ...{ metadata: { uid: 'its-uid' }, status: { allowed: true } },
};

let api: TestApi;
let clusters: ClusterConnections;
let source: FakeApiServer;
let evil: FakeApiServer;

beforeAll(async () => {
  api = await TestApi.start();
  clusters = createClusterConnections(api.store, logger);
});
afterAll(async () => {
  await clusters?.close();
  await api?.close();
});
beforeEach(async () => {
  [source, evil] = await Promise.all([FakeApiServer.start(), FakeApiServer.start()]);
  for (const server of [source, evil]) server.answer(json(200, ANSWER));
});
afterEach(async () => {
  await Promise.all([source, evil].map((server) => server[Symbol.asyncDispose]()));
});

const manifests = (name: string) => [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace: 'openshift-config' },
    stringData: { saToken: 'planted-token' },
  },
  {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigCluster',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      url: source.access.server,
      caBundle: source.access.caBundle,
      serviceAccountSecretRef: { name, namespace: 'openshift-config' },
    },
  },
];
/** As the worker does within milliseconds of a change. */
const check = (name: string) =>
  createCheckActivities({ store: api.store, clusters, logger }).checkCluster({ namespace: NAMESPACE, name });
const sentTo = ({ requests }: FakeApiServer) => requests.flatMap(({ headers }) => headers.authorization ?? []);

describe('a stored token', () => {
  it.each([
    ['the Secret before the cluster', (all: object[]) => all],
    ['the cluster before the Secret', (all: object[]) => all.toReversed()],
  ])('reaches a cluster that is applied together with it, %s, and no other address after a patch', async (_, order) => {
    const name = `source-${evil.access.server.split(':').at(-1)}`;
    for (const object of order(manifests(name))) {
      await api.apply([object as never]);
      if (await api.store.resources.get({ kind: 'MigCluster', namespace: NAMESPACE, name })) await check(name);
    }
    expect(await check(name)).toEqual({ exists: true, ready: true });
    expect(new Set(sentTo(source))).toEqual(new Set(['Bearer planted-token']));

    const { server: url, caBundle } = evil.access;
    await api.patch('migclusters', name, { spec: { url, insecure: true, caBundle: null } });
    expect(await check(name)).toEqual({ exists: true, ready: false });
    await api.patch('migclusters', name, { spec: { url, insecure: false, caBundle } });
    expect(await check(name)).toEqual({ exists: true, ready: false });
    expect(evil.requests).toEqual([]);

    const stored = (await api.request('GET', `${SECRETS}/${name}`)).body;
    await api.request('PUT', `${SECRETS}/${name}`, stored);
    expect(await check(name)).toEqual({ exists: true, ready: false });
    expect(evil.requests).toEqual([]);

    // The same value, written by whoever knows it.
    await api.apply([manifests(name)[0] as never]);
    expect(await check(name)).toEqual({ exists: true, ready: true });
    expect(sentTo(evil)).toContain('Bearer planted-token');
  });
});
