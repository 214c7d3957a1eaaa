import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifests, PLANTED } from './manifests.js';
import { OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

describe('authentication', () => {
  it.each(['/version', '/apis', '/metrics', '/openapi/v3', `${OBJECTS_PATH}/migplans`, '/nowhere'])(
    'refuses %s without the token',
    async (path) => {
      for (const Authorization of ['', 'Bearer wrong', `Basic ${api.token}`, `Bearer ${api.token}x`]) {
        const { code, body, headers } = await api.request('GET', path, undefined, { Authorization });
        expect(code).toBe(401);
        expect(body).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
    },
  );

  it('does not even read the body of a stranger', async () => {
    const { code } = await api.request('POST', `${OBJECTS_PATH}/migplans`, 'x'.repeat(2 * 1024 * 1024), {
      Authorization: '',
    });
    expect(code).toBe(401);
  });

  it('leaves the probes open', async () => {
    for (const probe of ['/healthz', '/livez', '/readyz']) {
      expect(await api.request('GET', probe, undefined, { Authorization: '' })).toMatchObject({
        code: 200,
        body: 'ok',
      });
    }
  });

  it('keeps token, keys and kubeconfig to the owner', async () => {
    for (const file of ['token', 'ca.key', 'tls.key', 'kubeconfig']) {
      expect((await stat(path.join(api.folder, file))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('secrets', () => {
  const SECRETS = '/api/v1/namespaces/openshift-config/secrets';
  const traces = [PLANTED, Buffer.from(PLANTED).toString('base64')];

  it('take their values in and never give them out', async () => {
    const watch = await api.watch('/api/v1/secrets?watch=true');
    expect((await api.apply(manifests())).code).toBe(0);
    const secret = { metadata: { name: 'plain' }, stringData: { password: PLANTED } };
    const read = await api.request('GET', SECRETS);
    const answers = [
      read,
      await api.request('POST', SECRETS, secret),
      await api.request('PUT', `${SECRETS}/plain`, secret),
      await api.request('POST', `${SECRETS}?dryRun=All`, { ...secret, metadata: { name: 'dry' } }),
      await api.request('GET', `${SECRETS}/plain`),
      await api.request('GET', `${SECRETS}/plain`, undefined, { Accept: 'application/yaml' }),
      await api.request('GET', `${SECRETS}?includeObject=Object`, undefined, {
        Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      }),
      await api.request('POST', SECRETS, { metadata: { name: 'a' }, data: { key: { nested: PLANTED } } }),
      await api.request('POST', SECRETS, { metadata: { name: 'a' }, data: { key: `${PLANTED} is not base64!` } }),
      await api.request('POST', `${SECRETS}?fieldValidation=Strict`, {
        metadata: { name: 'a' },
        value: PLANTED,
      }),
      await api.kubectl('get', 'secrets', '-A', '-o', 'yaml'),
      await api.kubectl('describe', 'secret', 'plain', '-n', 'openshift-config'),
    ];
    watch.stop();
    const everything = [JSON.stringify(answers), JSON.stringify(watch.events), api.log, await dump()];
    for (const text of everything) {
      for (const trace of traces) expect(text).not.toContain(trace);
    }
    // Base64 like any value, so that clients can decode it.
    expect(read.body.items[0].data).toEqual({ saToken: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) });
    expect(watch.events.length).toBeGreaterThan(0);
    const stored = await api.store.secrets.read('openshift-config', 'plain');
    expect(stored?.values.password?.toString()).toBe(PLANTED);
  });

  it('keep a value that is written back as it was read', async () => {
    const { body } = await api.request('GET', `${SECRETS}/plain`);
    const changed = await api.request('PUT', `${SECRETS}/plain`, { ...body, data: { ...body.data, user: 'YWRtaW4=' } });
    expect(changed.code).toBe(200);
    const stored = await api.store.secrets.read('openshift-config', 'plain');
    expect(stored?.values.password?.toString()).toBe(PLANTED);
    expect(stored?.values.user?.toString()).toBe('admin');
  });

  it('stay as they are when they are immutable', async () => {
    await api.request('POST', SECRETS, { metadata: { name: 'fixed' }, immutable: true, stringData: { a: 'b' } });
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const changed = await api.request('PATCH', `${SECRETS}/fixed`, { data: { a: 'Yw==' } }, headers);
    expect(changed.body).toMatchObject({ code: 422, details: { causes: [{ field: 'data' }] } });
  });

  /** Every row of every table, as text. */
  async function dump(): Promise<string> {
    const tables = await api.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const rows = await Promise.all(tables.map(({ name }) => api.sql(`SELECT t::text FROM "${name}" t`)));
    expect(rows.flat().length).toBeGreaterThan(10);
    return JSON.stringify(rows);
  }
});

describe('the service itself', () => {
  it('counts requests for Prometheus, without names of objects', async () => {
    await api.request('GET', `${OBJECTS_PATH}/migplans/some-name`);
    const { body } = await api.request('GET', '/metrics');
    expect(body).toMatch(/apiserver_request_total\{verb="GET",resource="migplans",code="404"\} \d+/);
    expect(body).not.toContain('some-name');
  });

  it('logs each request without headers', async () => {
    await api.request('GET', '/version');
    await expect.poll(() => api.log).toContain('"url":"/version"');
    expect(api.log).not.toContain(api.token);
    expect(api.log).not.toContain('"headers"');
  });
});
