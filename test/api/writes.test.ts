import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migration, plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const OWN = 'example.com/mine';

describe('finalizers', () => {
  /** As Update() of a client in Go sends it: an empty list is left out. */
  const withoutFinalizers = ({
    metadata: { finalizers, ...metadata },
    ...object
  }: {
    metadata: { finalizers?: unknown };
  }) => ({
    ...object,
    metadata,
  });

  it.each([
    ['a ConfigMap', CONFIG_MAPS],
    ['a MigHook', `${OBJECTS_PATH}/mighooks`],
  ])('of %s go with an update that was read and has none', async (_what, collection) => {
    const spec = collection === CONFIG_MAPS ? {} : { spec: { custom: true, image: 'a/b:1', targetCluster: 'source' } };
    const made = { metadata: { name: 'mine', finalizers: [OWN] }, ...spec };
    expect((await api.request('POST', collection, made)).code).toBe(201);
    await api.request('DELETE', `${collection}/mine`);
    const { body } = await api.request('GET', `${collection}/mine`);
    expect(body.metadata.deletionTimestamp).toBeDefined();
    const updated = await api.request('PUT', `${collection}/mine`, withoutFinalizers(body));
    expect(updated.code).toBe(200);
    expect((await api.request('GET', `${collection}/mine`)).code).toBe(404);
  });

  it('of the system stay while the object is to stay, and go when it is to go', async () => {
    await api.create('migmigrations', { ...migration('kept'), metadata: { name: 'kept', finalizers: [OWN] } });
    const path = `${OBJECTS_PATH}/migmigrations/kept`;
    const { body: read } = await api.request('GET', path);
    expect(read.metadata.finalizers).toEqual([OWN, 'migration.openshift.io/unwind']);
    const { body: updated } = await api.request('PUT', path, withoutFinalizers(read));
    expect(updated.metadata.finalizers).toEqual(['migration.openshift.io/unwind']);
    await api.request('DELETE', path);
    const { body: going } = await api.request('GET', path);
    await api.request('PUT', path, withoutFinalizers(going));
    expect((await api.request('GET', path)).code).toBe(404);
  });

  it('stay with a manifest from a file', async () => {
    await api.request('POST', CONFIG_MAPS, { metadata: { name: 'file', finalizers: [OWN] } });
    const put = await api.request('PUT', `${CONFIG_MAPS}/file`, { metadata: { name: 'file' }, data: { a: 'b' } });
    expect(put.body.metadata.finalizers).toEqual([OWN]);
  });
});

describe('a revision in a body', () => {
  it('is refused where the object is yet to be', async () => {
    const create = (resourceVersion: string) =>
      api.create('migplans', { ...plan('new'), metadata: { name: 'new', resourceVersion } });
    expect((await create('5')).body).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect((await create('0')).code).toBe(201);
  });

  it('is needed to replace objects of custom kinds, and not for the core ones', async () => {
    await api.create('migplans', plan('blind'));
    const put = await api.request('PUT', `${PLANS}/blind`, plan('blind'));
    expect(put.body).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.resourceVersion' }] } });
    expect((await api.request('PUT', `${PLANS}/blind/status`, plan('blind'))).code).toBe(422);
    await api.request('POST', CONFIG_MAPS, { metadata: { name: 'blind' } });
    expect((await api.request('PUT', `${CONFIG_MAPS}/blind`, { metadata: { name: 'blind' } })).code).toBe(200);
  });
});

describe('what is said twice', () => {
  const json = (name: string) =>
    `{"metadata":{"name":"${name}"},"spec":{"closed":false,"hooks":[{"a":1,"a":2}],"closed":true}}`;
  const yaml = (name: string) => `metadata:\n  name: ${name}\nspec:\n  closed: false\n  closed: true\n`;
  const post = (query: string, body: string, type = 'application/json') =>
    api.request('POST', `${PLANS}?dryRun=All&${query}`, body, { 'Content-Type': type });

  it('is refused under strict validation', async () => {
    const { body } = await post('fieldValidation=Strict', json('a'));
    expect(body.code).toBe(400);
    expect(body.message).toContain('duplicate field "spec.hooks[0].a", duplicate field "spec.closed"');
    const other = await post('fieldValidation=Strict', yaml('a'), 'application/yaml');
    expect(other.body.message).toContain('line 5: key "closed" already set in map');
  });

  it('is warned of by default, and the last is taken', async () => {
    const text = json('a').replace('"hooks":[{"a":1,"a":2}],', '');
    const { headers, body } = await post('', text);
    expect(headers.get('warning')).toContain('duplicate field \\"spec.closed\\"');
    expect(body.spec.closed).toBe(true);
    const other = await post('', yaml('a'), 'application/yaml');
    expect(other.headers.get('warning')).toContain('already set in map');
    expect(other.body.spec.closed).toBe(true);
  });

  it('is let be when that is asked for', async () => {
    const { code, headers } = await post('fieldValidation=Ignore', yaml('a'), 'application/yaml');
    expect([code, headers.get('warning')]).toEqual([201, null]);
  });
});

describe('YAML', () => {
  it('is read as the API server reads it: merge keys, and the words and numbers of YAML 1.1', async () => {
    const text = [
      'x: &spec {namespaces: [shop], pauseLimitSeconds: 010}',
      'metadata: {name: merged, annotations: {at: 2024-01-02, ratio: "1:30"}}',
      'spec:',
      '  <<: *spec',
      '  closed: yes',
    ];
    const { code, body } = await api.request('POST', `${PLANS}?dryRun=All`, text.join('\n'), {
      'Content-Type': 'application/yaml',
    });
    expect([code, body.message]).toEqual([201, undefined]);
    expect(body.spec).toMatchObject({ namespaces: ['shop'], closed: true, pauseLimitSeconds: 8 });
    expect(body.metadata.annotations).toEqual({ at: '2024-01-02', ratio: '1:30' });
  });
});

describe('the way of a deletion', () => {
  it.each([
    ['propagationPolicy=Foo', undefined],
    ['propagationPolicy=Orphan&orphanDependents=true', undefined],
    ['', { propagationPolicy: 'Foo' }],
  ])('is refused where it is none: %s %j', async (query, body) => {
    await api.create('migplans', plan('stays'));
    for (const path of [`${PLANS}/stays`, PLANS]) {
      expect((await api.request('DELETE', `${path}?${query}`, body)).code).toBe(422);
    }
    expect((await api.request('GET', `${PLANS}/stays`)).body.metadata.deletionTimestamp).toBeUndefined();
  });

  it.each([
    ['orphanDependents=true', undefined],
    ['', { orphanDependents: true }],
  ])('leaves dependents where it says so: %s %j', async (query, body) => {
    const name = query ? 'by-query' : 'by-body';
    await api.create('migplans', plan(name));
    await api.create('migmigrations', migration(name, { migPlanRef: { name } }));
    expect((await api.request('DELETE', `${PLANS}/${name}?${query}`, body)).code).toBe(200);
    const { body: left } = await api.request('GET', `${OBJECTS_PATH}/migmigrations/${name}`);
    expect(left.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('an answer the client does not take', () => {
  it.each(['text/plain', 'application/vnd.kubernetes.protobuf'])(
    '%s is refused before anything is done',
    async (accept) => {
      await api.create('migplans', plan('there'));
      const { body: before } = await api.request('GET', `${PLANS}/there`);
      const put = { ...before, spec: { closed: true } };
      const headers = { Accept: accept };
      expect((await api.request('POST', PLANS, plan('unwanted'), headers)).code).toBe(406);
      expect((await api.request('PUT', `${PLANS}/there`, put, headers)).code).toBe(406);
      const patch = { ...headers, 'Content-Type': 'application/merge-patch+json' };
      expect((await api.request('PATCH', `${PLANS}/there`, { spec: { closed: true } }, patch)).code).toBe(406);
      expect((await api.request('DELETE', `${PLANS}/there`, undefined, headers)).code).toBe(406);
      expect((await api.request('DELETE', PLANS, undefined, headers)).code).toBe(406);
      expect((await api.request('GET', `${PLANS}/unwanted`)).code).toBe(404);
      expect((await api.request('GET', `${PLANS}/there`)).body).toEqual(before);
    },
  );
});

describe('a limit that is exclusive', () => {
  it('is told as one', async () => {
    const { body } = await api.create('migplans', plan('a', { pauseLimitSeconds: 0 }));
    expect(body.details.causes[0].message).toBe('Invalid value: 0: must be more than 0');
  });
});

describe('what would make a list unreadable to typed clients', () => {
  const post = (path: string, object: object) => api.request('POST', path, object);
  const meta = (more: object) => ({ metadata: { name: 'poison', ...more } });

  it.each([
    { managedFields: [{ time: 'garbage' }] },
    { managedFields: [{ manager: 5 }] },
    { managedFields: 'x' },
    { creationTimestamp: 'yesterday' },
    { deletionTimestamp: '2024-02-30T00:00:00Z' },
  ])('is refused in metadata: %j', async (more) => {
    expect((await post(CONFIG_MAPS, meta(more))).body).toMatchObject({ code: 400, reason: 'BadRequest' });
    await api.request('POST', CONFIG_MAPS, { metadata: { name: 'sane' } });
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    expect((await api.request('PATCH', `${CONFIG_MAPS}/sane`, { metadata: more }, headers)).code).toBe(400);
  });

  it.each(['b', 'YQ', 'Y Q==', 'YQ==\t'])('is refused as base64: %j', async (text) => {
    expect((await post(CONFIG_MAPS, { ...meta({}), binaryData: { k: text } })).code).toBe(422);
    const secret = await post(CONFIG_MAPS.replace('configmaps', 'secrets'), { ...meta({}), data: { k: text } });
    expect(secret.code).toBe(422);
  });

  it('is refused in Namespaces and Events', async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}`;
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    expect((await api.request('PATCH', path, { spec: { finalizers: 'x' } }, headers)).code).toBe(422);
    const status = await api.request('PATCH', path, { status: { phase: 'Terminating', conditions: 'x' } }, headers);
    expect(status.body.status).toEqual({ phase: 'Active' });
    const event = (more: object) =>
      post(`${path}/events`, { metadata: { name: 'e' }, involvedObject: { kind: 'MigPlan', name: 'a' }, ...more });
    expect((await event({ lastTimestamp: 'now' })).code).toBe(422);
    expect((await event({ eventTime: '2026-01-01T00:00:00Z' })).code).toBe(422);
    expect((await event({ count: 2 ** 40 })).code).toBe(422);
    expect((await event({ involvedObject: { name: 5 } })).code).toBe(422);
  });

  it('is kept out where it means nothing', async () => {
    const { body } = await post(CONFIG_MAPS, { metadata: { name: 'linked', selfLink: '/x' } });
    expect(body.metadata.selfLink).toBeUndefined();
  });
});
