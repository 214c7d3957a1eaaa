import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hook, migration, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;

/** A Status as the API conventions ask for it, naming the field. */
const status = (code: number, reason: string, fields: string[] = []) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message: expect.any(String),
  ...(fields.length > 0 && {
    details: expect.objectContaining({
      causes: fields.map((field) => expect.objectContaining({ field, message: expect.any(String) })),
    }),
  }),
});

describe('a body that cannot be read', () => {
  it('is refused with line and column when it is malformed YAML', async () => {
    const { code, body } = await api.request('POST', PLANS, 'kind: MigPlan\nspec:\n  namespaces: [a\n', {
      'Content-Type': 'application/yaml',
    });
    expect(code).toBe(400);
    expect(body).toMatchObject(status(400, 'BadRequest'));
    expect(body.message).toMatch(/not valid YAML: line 4, column 1/);
  });

  it('is refused when it is malformed JSON, empty, a list or several documents', async () => {
    expect((await api.request('POST', PLANS, '{"a":')).body).toMatchObject(status(400, 'BadRequest'));
    expect((await api.request('POST', PLANS)).body).toMatchObject(status(400, 'BadRequest'));
    expect((await api.request('POST', PLANS, [])).body).toMatchObject(status(400, 'BadRequest'));
    const two = await api.request('POST', PLANS, 'a: 1\n---\nb: 2\n', { 'Content-Type': 'application/yaml' });
    expect(two.body.message).toContain('several YAML documents');
  });

  it('is refused when it is larger than 1.5 MiB', async () => {
    const annotations = { note: 'x'.repeat(2 * 1024 * 1024) };
    const { code, body } = await api.create('migplans', { metadata: { name: 'large', annotations } });
    expect(code).toBe(413);
    expect(body).toMatchObject(status(413, 'RequestEntityTooLarge'));
  });

  it('is refused in a format that is not supported', async () => {
    const { body } = await api.request('POST', PLANS, '<plan/>', { 'Content-Type': 'application/xml' });
    expect(body).toMatchObject(status(415, 'UnsupportedMediaType'));
  });

  it('cannot reach the prototype of objects', async () => {
    const { code } = await api.request('POST', PLANS, '{"metadata":{"name":"a","labels":{"__proto__":{"x":1}}}}');
    expect(code).toBe(400);
  });
});

describe('an object of the wrong shape', () => {
  const refused: [string, object, string[]][] = [
    ['a wrong type', plan('a', { indirectImageMigration: 'yes' }), ['spec.indirectImageMigration']],
    ['text for a list', plan('a', { namespaces: 'shop' }), ['spec.namespaces']],
    [
      'a value that is none of the choices',
      plan('a', { persistentVolumes: [{ name: 'pv', selection: { action: 'clone' } }] }),
      ['spec.persistentVolumes[0].selection.action'],
    ],
    ['what is required and not there', plan('a', { persistentVolumes: [{}] }), ['spec.persistentVolumes[0].name']],
    ['several mistakes', plan('a', { closed: 1, srcMigClusterRef: {} }), ['spec.srcMigClusterRef.name', 'spec.closed']],
    ['a name that is none', plan('Not_A_Name'), ['metadata.name']],
    ['a label that is none', { metadata: { name: 'a', labels: { team: 'a b' } } }, ['metadata.labels[team]']],
  ];
  it.each(refused)('is refused for %s', async (_what, object, fields) => {
    const { code, body } = await api.create('migplans', object);
    expect(code).toBe(422);
    expect(body).toMatchObject(status(422, 'Invalid', fields));
    expect(body.message).toContain(fields[0]);
  });

  it('is refused when a migration is to be two things at once', async () => {
    const { code, body } = await api.create('migmigrations', migration('both', { stage: true, rollback: true }));
    expect(code).toBe(422);
    expect(body).toMatchObject(status(422, 'Invalid', ['spec.stage', 'spec.rollback']));
  });

  const playbook = 'LSBob3N0czogbG9jYWxob3N0Cg==';
  const wrongHooks: [string, object, string[]][] = [
    ['a custom hook without image', { image: undefined }, ['spec.image']],
    ['a custom hook with a playbook', { playbook }, ['spec.playbook']],
    ['a playbook hook without playbook', { custom: false }, ['spec.playbook']],
    ['a playbook that is not base64', { custom: false, playbook: '- hosts: localhost' }, ['spec.playbook']],
    ['an image that is none', { image: 'https://quay.io/team/hook' }, ['spec.image']],
    ['a hook for no cluster', { targetCluster: undefined }, ['spec.targetCluster']],
    ['a deadline in the past', { activeDeadlineSeconds: -1 }, ['spec.activeDeadlineSeconds']],
    [
      'a hook in which much is wrong',
      { custom: false, image: 'A', targetCluster: undefined },
      ['spec.image', 'spec.targetCluster', 'spec.playbook'],
    ],
  ];
  it.each(wrongHooks)('is refused for %s', async (_what, spec, fields) => {
    const { code, body } = await api.create('mighooks', hook('wrong', spec));
    expect(code).toBe(422);
    expect(body).toMatchObject(status(422, 'Invalid', fields));
    expect(body.details.causes).toHaveLength(fields.length);
  });

  it('is refused when a hook is changed into one that cannot run', async () => {
    expect((await api.create('mighooks', hook('sound'))).code).toBe(201);
    const { code, body } = await api.patch('mighooks', 'sound', { spec: { image: '' } });
    expect([code, body.details.causes[0].field]).toEqual([422, 'spec.image']);
    expect(body.message).toContain('name it, or set spec.custom to false to run a playbook');
  });

  it('says what it expected instead', async () => {
    const { body } = await api.create('migplans', plan('a', { closed: 'yes' }));
    expect(body.details.causes[0].message).toBe('Invalid value: "yes": must be true or false');
    const choice = await api.create('mighooks', { metadata: { name: 'a' }, spec: { targetCluster: 'target' } });
    expect(choice.body.details.causes[0].message).toBe(
      'Unsupported value: "target": must be one of "source", "destination"',
    );
  });
});

describe('unknown fields', () => {
  const object = {
    ...plan('unknown', { namespacez: ['x'], persistentVolumes: [{ name: 'pv', selektion: {} }] }),
    sepc: {},
  };
  const fields = ['sepc', 'spec.namespacez', 'spec.persistentVolumes[0].selektion'];

  it('are refused under strict validation, with the name that was meant', async () => {
    const { code, body } = await api.request('POST', `${PLANS}?fieldValidation=Strict`, object);
    expect(code).toBe(400);
    expect(body.details.causes.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
    expect(body.message).toContain('unknown field "spec.namespacez"; did you mean "namespaces"?');
    expect(body.message).toContain('unknown field "spec.persistentVolumes[0].selektion"; did you mean "selection"?');
  });

  it('are taken out with a warning by default, and silently when asked', async () => {
    const warned = await api.request('POST', `${PLANS}?dryRun=All`, object);
    expect(warned.code).toBe(201);
    expect(warned.headers.get('warning')).toContain(
      '299 - "unknown field \\"spec.namespacez\\"; did you mean \\"namespaces\\"?"',
    );
    expect(warned.body.spec).not.toHaveProperty('namespacez');
    const silent = await api.request('POST', `${PLANS}?dryRun=All&fieldValidation=Ignore`, object);
    expect(silent.headers.get('warning')).toBeNull();
  });

  it('are kept in the settings, with a warning', async () => {
    const { body, headers } = await api.patch('migrationcontrollers', 'migration-controller', {
      spec: { mig_pv_limt: 5, azure_resource_group: 'x' },
    });
    expect(body.spec).toMatchObject({ mig_pv_limt: 5, azure_resource_group: 'x', mig_pv_limit: 100 });
    expect(headers.get('warning')).toContain('did you mean mig_pv_limit?');
  });
});

describe('a request that makes no sense', () => {
  const create = (path: string, body: object) => api.request('POST', path, body);

  it('is refused for an unknown kind, path or namespace', async () => {
    expect((await create(`${OBJECTS_PATH}/migplanz`, {})).body).toMatchObject(status(404, 'NotFound'));
    expect((await api.request('GET', '/apis/migration.openshift.io/v2/migplans')).code).toBe(404);
    expect((await api.request('GET', '/nowhere')).body).toMatchObject(status(404, 'NotFound'));
    const elsewhere = await create(`${KINDS_PATH}/namespaces/elsewhere/migplans`, plan('a'));
    expect(elsewhere.body.message).toContain('openshift-migration and openshift-config');
  });

  it('is refused when body and path differ', async () => {
    expect((await create(PLANS, { kind: 'MigPlam', metadata: { name: 'a' } })).body).toMatchObject(
      status(400, 'BadRequest', ['kind']),
    );
    const apiVersion = await create(PLANS, { apiVersion: 'v1', metadata: { name: 'a' } });
    expect(apiVersion.body).toMatchObject(status(400, 'BadRequest', ['apiVersion']));
    const namespace = await create(PLANS, { metadata: { name: 'a', namespace: 'b' } });
    expect(namespace.body).toMatchObject(status(400, 'BadRequest', ['metadata.namespace']));
    expect((await create(PLANS, { spec: {} })).body).toMatchObject(status(400, 'BadRequest', ['metadata.name']));
  });

  it('is refused for selectors and parameters that are none', async () => {
    expect((await api.request('GET', `${PLANS}?labelSelector=a%20b`)).code).toBe(400);
    const field = await api.request('GET', `${PLANS}?fieldSelector=spec.closed=true`);
    expect(field.body.message).toContain('field label not supported: spec.closed');
    expect((await api.request('GET', `${PLANS}?limit=many`)).body).toMatchObject(status(422, 'Invalid', ['limit']));
    expect((await api.request('GET', `${PLANS}?continue=nonsense`)).code).toBeGreaterThanOrEqual(400);
    const dryRun = await api.request('POST', `${PLANS}?dryRun=Some`, plan('a'));
    expect(dryRun.body).toMatchObject(status(422, 'Invalid', ['dryRun']));
    expect((await api.request('GET', PLANS, undefined, { Accept: 'application/xml' })).code).toBe(406);
  });

  it('is refused for what is gone, taken or changed since it was read', async () => {
    expect((await api.request('GET', `${PLANS}/missing`)).body).toMatchObject({
      ...status(404, 'NotFound'),
      message: 'migplans.migration.openshift.io "missing" not found',
      details: { name: 'missing', group: 'migration.openshift.io', kind: 'migplans' },
    });
    expect((await api.patch('migplans', 'missing', {})).code).toBe(404);
    expect((await api.request('DELETE', `${PLANS}/missing`)).code).toBe(404);
    const { body: created } = await api.create('migplans', plan('taken'));
    expect((await api.create('migplans', plan('taken'))).body).toMatchObject(status(409, 'AlreadyExists'));
    await api.patch('migplans', 'taken', { spec: { closed: true } });
    const stale = await api.request('PUT', `${PLANS}/taken`, created);
    expect(stale.body).toMatchObject(status(409, 'Conflict'));
    expect(stale.body.message).toContain(
      'the object has been modified; please apply your changes to the latest version',
    );
    const other = await api.patch('migplans', 'taken', { metadata: { uid: 'another' } });
    expect(other.body).toMatchObject(status(409, 'Conflict'));
    const precondition = await api.request('DELETE', `${PLANS}/taken`, { preconditions: { uid: 'another' } });
    expect(precondition.code).toBe(409);
  });

  it('is refused for patches that do not fit', async () => {
    await api.create('migplans', plan('patched'));
    const test = await api.patch(
      'migplans',
      'patched',
      [{ op: 'test', path: '/spec/closed', value: true }],
      'json-patch',
    );
    expect(test.body).toMatchObject(status(422, 'Invalid', ['/spec/closed']));
    const missing = await api.patch(
      'migplans',
      'patched',
      [{ op: 'replace', path: '/spec/nothing/x', value: 1 }],
      'json-patch',
    );
    expect(missing.code).toBe(422);
    expect((await api.patch('migplans', 'patched', { op: 'add' }, 'json-patch')).code).toBe(400);
    expect((await api.patch('migplans', 'patched', [], 'merge-patch')).code).toBe(400);
    expect((await api.patch('migplans', 'patched', { metadata: { name: 'renamed' } })).code).toBe(400);
    expect((await api.patch('migplans', 'patched', { spec: { closed: 'maybe' } })).code).toBe(422);
  });
});

describe('a migration that is there', () => {
  it('can be canceled and nothing else', async () => {
    await api.create('migmigrations', migration('fixed', { quiescePods: true }));
    const changed = await api.patch('migmigrations', 'fixed', { spec: { stage: true } });
    expect(changed.body).toMatchObject(status(422, 'Invalid', ['spec.stage']));
    const canceled = await api.patch('migmigrations', 'fixed', { spec: { canceled: true } });
    expect(canceled.body.spec.canceled).toBe(true);
    const resumed = await api.patch('migmigrations', 'fixed', { spec: { canceled: false } });
    expect(resumed.body.details.causes[0].message).toContain('cannot be resumed');
  });

  it('keeps its finalizer when it is replaced from a file', async () => {
    const { body } = await api.create('migmigrations', migration('replaced'));
    // `kubectl replace` puts the revision it reads into what the file says.
    const { resourceVersion } = body.metadata;
    const sent = { ...migration('replaced'), metadata: { name: 'replaced', resourceVersion } };
    const put = await api.request('PUT', `${OBJECTS_PATH}/migmigrations/replaced`, sent);
    expect(put.code).toBe(200);
    expect(put.body.metadata.finalizers).toEqual(['migration.openshift.io/unwind']);
  });
});

describe('what exists once', () => {
  it('is made by the service, with all settings filled in', async () => {
    const { body } = await api.request('GET', `${OBJECTS_PATH}/migrationcontrollers/migration-controller`);
    expect(body.spec).toMatchObject({
      mig_namespace_limit: 10,
      rsync_backoff_limit: 20,
      mig_controller_limits_memory: '10Gi',
    });
    const another = await api.create('migrationcontrollers', { metadata: { name: 'another' }, spec: {} });
    expect(another.body).toMatchObject(status(422, 'Invalid', ['metadata.name']));
    expect((await api.request('DELETE', `${OBJECTS_PATH}/migrationcontrollers/migration-controller`)).code).toBe(405);
    const namespace = await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'another' } });
    expect(namespace.body).toMatchObject(status(422, 'Invalid', ['metadata.name']));
    expect((await api.request('GET', `/api/v1/namespaces/${NAMESPACE}`)).body.status.phase).toBe('Active');
  });
});
