// cspell:ignore ecrets
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import pino from 'pino';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedApi, startApi } from '../../api/start-api.js';
import { KINDS } from '../../resources/kinds/index.js';
import { startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';
import { OBJECTS_PATH } from './test-api.js';

let temporary: TemporaryStore;
let home: string;
let api: StartedApi;
let agent: Agent;
const HOME_TOKENS = ['planted-admin-token', 'planted-operator-token,operator,ole', 'planted-metrics-token,metrics'];

const writeTokens = async (...lines: string[]): Promise<void> => {
  // As an editor does, or a Secret that is mounted.
  await writeFile(path.join(home, 'next'), lines.join('\n'));
  await rename(path.join(home, 'next'), path.join(home, 'token'));
};

beforeAll(async () => {
  temporary = await startTemporaryStore();
  home = await mkdtemp(path.join(tmpdir(), 'mtc-test-roles-'));
  await writeTokens('# who may what', ...HOME_TOKENS);
  api = await startApi({
    store: temporary.store,
    logger: pino({ level: 'silent' }),
    config: { home, listen: { host: '127.0.0.1', port: 0 }, serverNames: ['mtc.example.com'] },
    periods: { tokens: 20, certificate: 20 },
  });
  agent = new Agent({ connect: { rejectUnauthorized: false } });
});
afterAll(async () => {
  await agent?.close();
  await api?.close();
  await temporary?.remove();
  await rm(home, { recursive: true, force: true });
});

async function ask(who: string, method: string, at: string, body?: object) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(api.url + at, {
    method,
    dispatcher: agent,
    body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer planted-${who}-token`, ...(body && { 'Content-Type': type }) },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { code: response.status, body: isJson ? JSON.parse(text) : text };
}
const reviewOf = async (who: string, resourceAttributes: object) => {
  const answer = await ask(who, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes },
  });
  return answer.body.status;
};

const SETTINGS = ['Secret', 'MigrationController', 'MigCluster', 'MigStorage', 'MigHook'];
const pathOf = ({ group, version, plural, namespaced }: (typeof KINDS)[number], name = '') => {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const namespace = namespaced ? '/namespaces/openshift-migration' : '';
  return `${root}${namespace}/${plural}${name && `/${name}`}`;
};
const WRITES = [
  ['create', 'POST', ''],
  ['deletecollection', 'DELETE', ''],
  ['update', 'PUT', 'some'],
  ['patch', 'PATCH', 'some'],
  ['delete', 'DELETE', 'some'],
  ['update', 'PUT', 'some/status'],
  ['patch', 'PATCH', 'some/status'],
] as const;

describe('an operator', () => {
  it.each(KINDS.filter(({ kind }) => SETTINGS.includes(kind)).map((kind) => [kind.kind, kind] as const))(
    'reads %s and writes none',
    async (_, kind) => {
      expect((await ask('operator', 'GET', pathOf(kind))).code).toBe(200);
      expect((await ask('operator', 'GET', pathOf(kind, 'some'))).code).toBe(404);
      for (const [verb, method, name] of WRITES) {
        const { code, body } = await ask('operator', method, pathOf(kind, name), { metadata: {} });
        expect([verb, name, code]).toEqual([verb, name, 403]);
        const [only, part] = name.split('/');
        expect(body).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
        expect(body.message).toBe(
          `${kind.plural}${kind.group && `.${kind.group}`}${only && ` "${only}"`} is forbidden: User "ole" cannot ${verb} resource ` +
            `"${kind.plural}${part ? `/${part}` : ''}" in API group "${kind.group}" in the namespace "openshift-migration"`,
        );
        const attributes = { verb, group: kind.group, resource: kind.plural, subresource: part };
        expect(await reviewOf('operator', attributes)).toMatchObject({ allowed: false });
      }
      expect(await reviewOf('operator', { verb: 'list', group: kind.group, resource: kind.plural })).toEqual({
        allowed: true,
      });
    },
  );

  it('does everything else, under its own name', async () => {
    const created = await ask('operator', 'POST', `${OBJECTS_PATH}/migplans`, { metadata: { name: 'shop' } });
    expect(created.code).toBe(201);
    expect((await ask('operator', 'PATCH', `${OBJECTS_PATH}/migplans/shop`, { spec: {} })).code).toBe(200);
    expect((await ask('operator', 'DELETE', `${OBJECTS_PATH}/migplans/shop`)).code).toBe(200);
    expect(await temporary.sql("SELECT DISTINCT actor FROM changes WHERE name = 'shop'")).toEqual([{ actor: 'ole' }]);
    expect((await ask('operator', 'GET', '/metrics')).code).toBe(200);
  });

  it.each([
    '/api/v1/namespaces/openshift-migration/%73ecrets',
    '/api/v1//namespaces/openshift-migration/secrets',
    '/API/v1/namespaces/openshift-migration/secrets',
    '/api/v1/namespaces/openshift-migration/secrets/',
    '/api/v1/namespaces/openshift-migration/secrets/x/y/z',
    '/api/v1/secrets',
    '/apis/migration.openshift.io/v1alpha1/migclusters',
  ])('does not get at a Secret or cluster by %s', async (at) => {
    const { code } = await ask('operator', 'POST', at, { metadata: { name: 'found' }, stringData: { a: '1' } });
    expect([403, 404]).toContain(code);
    expect(await temporary.store.resources.list({ kind: 'Secret' })).toMatchObject({ items: [] });
  });

  it('is told so by the rules and the review of itself', async () => {
    const rules = await ask('operator', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: {} });
    const of = (plural: string) =>
      rules.body.status.resourceRules.find(({ resources }: { resources: string[] }) => resources.includes(plural));
    expect(of('secrets').verbs.toSorted()).toEqual(['get', 'list', 'watch']);
    expect(of('migplans').verbs).toContain('create');
    const who = await ask('operator', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.body.status.userInfo).toMatchObject({
      username: 'ole',
      groups: ['mtc:operator', 'system:authenticated'],
    });
  });
});

describe('a token for metrics', () => {
  it('reads the metrics and nothing else', async () => {
    expect(await ask('metrics', 'GET', '/metrics')).toMatchObject({
      code: 200,
      body: expect.stringContaining('apiserver_request_total'),
    });
    for (const at of ['/version', '/apis', '/openapi/v3', '/metrics/x']) {
      const { code, body } = await ask('metrics', 'GET', at);
      expect([code, body.message]).toEqual([403, `forbidden: User "mtc-metrics" cannot get path "${at}"`]);
    }
    for (const kind of KINDS) expect((await ask('metrics', 'GET', pathOf(kind))).code).toBe(403);
    expect((await ask('metrics', 'POST', `${OBJECTS_PATH}/migplans`, {})).code).toBe(403);
    expect(await reviewOf('metrics', { verb: 'get', resource: 'secrets' })).toMatchObject({ allowed: false });
  });
});

it('lets other tokens in and the former out when the file changes, without a restart; not when it makes no sense', async () => {
  await writeTokens(...HOME_TOKENS, 'planted-second-token,admin,eve');
  await expect.poll(async () => (await ask('second', 'GET', '/version')).code).toBe(200);
  await writeTokens('planted-second-token,admin,eve');
  await expect.poll(async () => (await ask('admin', 'GET', '/version')).code).toBe(401);
  await writeTokens('planted-third-token,king');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await ask('third', 'GET', '/version')).code).toBe(401);
  expect((await ask('second', 'GET', '/version')).code).toBe(200);
  await rm(path.join(home, 'token'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await ask('second', 'GET', '/version')).code).toBe(200);
  await writeTokens(...HOME_TOKENS);
  await expect.poll(async () => (await ask('admin', 'GET', '/version')).code).toBe(200);
});

it('serves a renewed certificate to new connections, under its names, without a restart', async () => {
  const serialNow = () =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      const socket: TLSSocket = connect(
        { host: hostname, port: Number(port), servername: 'mtc.example.com', rejectUnauthorized: false },
        () => {
          const certificate = socket.getPeerX509Certificate();
          socket.destroy();
          if (certificate?.checkHost('mtc.example.com')) resolve(certificate.serialNumber);
          else reject(new Error('it does not name the host'));
        },
      );
      socket.on('error', reject);
    });
  const before = await serialNow();
  await rm(path.join(home, 'tls.crt'));
  await expect.poll(serialNow).not.toBe(before);
});

it('tells whoever has no valid token to wait after sixty tries a minute, and still lets the others in', async () => {
  const codes: number[] = [];
  for (let tried = 0; tried < 100; tried += 1) codes.push((await ask('wrong', 'GET', '/version')).code);
  expect(new Set(codes)).toEqual(new Set([401, 429]));
  expect(codes.filter((code) => code === 401).length).toBeLessThanOrEqual(60);
  expect((await ask('admin', 'GET', '/version')).code).toBe(200);
});
