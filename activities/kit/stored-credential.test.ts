import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterConnections } from '../../clusters/cluster-client.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import { conditionsOf } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { makeServerCertificate } from '../../test/kit/cluster/certificates.js';
import { FakeApiServer, json } from '../../test/kit/fakes/fake-api-server.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { createCheckActivities } from '../reconcile/index.js';
import { createClusterConnections } from './cluster-connections.js';

const NAMESPACE = 'openshift-migration';
const SECRET = { namespace: 'openshift-config', name: 'source-token' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** To whatever the check of a cluster asks. */
const ANSWER = {
  ...{ major: '1', minor: '33', gitVersion: 'v1.33.0' },
  ...{ metadata: { uid: 'its-uid' }, status: { allowed: true } },
};

let temporary: TemporaryStore;
let clusters: ClusterConnections;
let given: FakeApiServer;
let other: FakeApiServer;

beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  [given, other] = await Promise.all([FakeApiServer.start(), FakeApiServer.start()]);
  for (const server of [given, other]) {
    server.answer((request, response) => json(request.headers.authorization ? 200 : 401, ANSWER)(request, response));
  }
  clusters = createClusterConnections(temporary.store, pino({ level: 'silent' }));
  await writeSecret({ saToken: base64('planted') });
});
afterEach(async () => {
  await clusters.close();
  for (const kind of ['MigCluster', 'Secret']) {
    for (const { metadata } of (await temporary.store.resources.list({ kind })).items) {
      const key = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
      await temporary.store.resources.remove(key, { actor: SYSTEM_ACTOR });
    }
  }
  await Promise.all([given, other].map((server) => server[Symbol.asyncDispose]()));
});

/** Writes the whole Secret, as PUT does. */
async function writeSecret(data: Record<string, string>): Promise<void> {
  const { resources } = temporary.store;
  const key = { kind: 'Secret', ...SECRET };
  const object = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: SECRET, data };
  if (await resources.get(key)) await resources.update(key, () => object, { actor: SYSTEM_ACTOR });
  else await resources.create(object, { actor: SYSTEM_ACTOR });
}

const specOf = ({ access }: FakeApiServer, more: object = {}) => ({
  url: access.server,
  caBundle: access.caBundle,
  serviceAccountSecretRef: SECRET,
  ...more,
});
const object = (name: string, spec: object): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigCluster',
  metadata: { namespace: NAMESPACE, name },
  spec: findKind('MigCluster')?.spec?.parse(spec),
});
const register = (name: string, spec: object) =>
  temporary.store.resources.create(object(name, spec), { actor: SYSTEM_ACTOR });
const edit = (name: string, spec: object) =>
  temporary.store.resources.update(
    { kind: 'MigCluster', namespace: NAMESPACE, name },
    (current) => ({ ...current, spec: { ...current.spec, ...spec } }),
    { actor: SYSTEM_ACTOR },
  );

/** Resolves with the Critical conditions that the check of a cluster sets. */
async function check(name: string): Promise<string> {
  const checks = createCheckActivities({ store: temporary.store, clusters, logger: pino({ level: 'silent' }) });
  await checks.checkCluster({ namespace: NAMESPACE, name });
  const found = await temporary.store.resources.get({ kind: 'MigCluster', namespace: NAMESPACE, name });
  return conditionsOf(found as KubeObject)
    .filter(({ category }) => category === 'Critical')
    .map(({ type, message }) => `${type}: ${message}`)
    .join('\n');
}
const tokensSeenBy = ({ requests }: FakeApiServer) =>
  requests.flatMap(({ headers }) => (headers.authorization ? [headers.authorization] : []));
const NOT_HERE = 'CredentialsNotForThisAddress';

describe('the token of a cluster', () => {
  it('goes to the address it was given for', async () => {
    await register('source', specOf(given));
    expect(await check('source')).not.toContain(NOT_HERE);
    expect(tokensSeenBy(given)).toContain('Bearer planted');
  });

  it.each([
    ['another address', () => specOf(other)],
    ['another address that is not verified', () => specOf(other, { insecure: true, caBundle: undefined })],
    ['no verification', () => specOf(given, { insecure: true })],
    ['another CA', () => specOf(given, { caBundle: specOf(other).caBundle })],
    ['public authorities', () => specOf(given, { caBundle: undefined })],
  ])('does not go to %s', async (_, spec) => {
    await register('source', specOf(given));
    await check('source');
    const before = tokensSeenBy(given).length;
    const wanted = { insecure: false, ...spec() };
    await edit('source', wanted);
    const told = await check('source');
    expect(told).toContain(NOT_HERE);
    expect(told).toContain('write the value of key saToken into Secret openshift-config/source-token again');
    expect(tokensSeenBy(other)).toEqual([]);
    expect(tokensSeenBy(given)).toHaveLength(before);
  });

  it('does not go to the address of a second MigCluster that names the same Secret', async () => {
    await register('source', specOf(given));
    await check('source');
    await register('evil', specOf(other));
    expect(await check('evil')).toContain(NOT_HERE);
    expect(tokensSeenBy(other)).toEqual([]);
  });

  it('goes to a new address once its value is written again, be it the same; not when it is only kept', async () => {
    await register('source', specOf(given));
    await check('source');
    await edit('source', specOf(other));
    const kept = await temporary.store.resources.get({ kind: 'Secret', ...SECRET });
    await writeSecret(kept?.data as Record<string, string>);
    expect(await check('source')).toContain(NOT_HERE);
    expect(tokensSeenBy(other)).toEqual([]);
    await writeSecret({ saToken: base64('planted') });
    expect(await check('source')).not.toContain(NOT_HERE);
    expect(tokensSeenBy(other)).toContain('Bearer planted');
  });

  it('is tied to no address that does not answer: a misspelt one can be corrected', async () => {
    await register('source', { ...specOf(given), url: 'https://127.0.0.1:1' });
    expect(await check('source')).toContain('TestConnectFailed');
    await edit('source', specOf(given));
    expect(await check('source')).not.toContain(NOT_HERE);
    expect(tokensSeenBy(given)).toContain('Bearer planted');
  });

  it('goes to one server only where certificates are not verified', async () => {
    const insecure = { insecure: true, caBundle: undefined };
    await register('source', specOf(given, insecure));
    await check('source');
    expect(tokensSeenBy(given)).toContain('Bearer planted');
    const { cert, key } = await makeServerCertificate();
    given.server.setSecureContext({ cert, key });
    given.server.closeAllConnections();
    const before = tokensSeenBy(given).length;
    await clusters.close();
    expect(await check('source')).toContain(NOT_HERE);
    expect(tokensSeenBy(given)).toHaveLength(before);
    await writeSecret({ saToken: base64('planted') });
    expect(await check('source')).not.toContain(NOT_HERE);
    expect(tokensSeenBy(given).length).toBeGreaterThan(before);
  });

  it('still goes to a server whose certificate is verified from now on', async () => {
    await register('source', specOf(given, { insecure: true, caBundle: undefined }));
    await check('source');
    await edit('source', { insecure: false, caBundle: specOf(given).caBundle });
    expect(await check('source')).not.toContain(NOT_HERE);
    await edit('source', { caBundle: specOf(other).caBundle });
    expect(await check('source')).toContain('TestConnectFailed');
  });
});

describe('the values of Secrets', () => {
  it('are read in one place, but to see whether they are there', async () => {
    const sources = (await readdir('activities', { recursive: true })).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const texts = await Promise.all(sources.map((name) => readFile(path.join('activities', name), 'utf8')));
    const readers = sources.filter((_, index) => /secrets\s*\.\s*read\b/.test(texts[index] ?? ''));
    expect(readers.toSorted()).toEqual([
      'kit/stored-credential.ts',
      'reconcile/check-cluster.ts',
      'reconcile/check-storage.ts',
    ]);
  });
});
