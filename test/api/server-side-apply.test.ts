import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const PLANS = `${OBJECTS_PATH}/migplans`;
const configMap = (name: string, data: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, ...metadata },
  data,
});
const planOf = (name: string, spec: object) => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigPlan',
  metadata: { name, namespace: NAMESPACE },
  spec,
});

interface Named {
  metadata: { name: string };
}

function apply(path: string, manager: string, object: Named, query = ''): Promise<Answer> {
  return api.request('PATCH', `${path}/${object.metadata.name}?fieldManager=${manager}${query}`, object, {
    'Content-Type': 'application/apply-patch+yaml',
  });
}

interface Entry {
  manager: string;
  operation: string;
  subresource?: string;
}

/** `manager operation subresource` of each entry. */
const managersOf = ({ body }: Answer): string[] =>
  ((body.metadata.managedFields ?? []) as Entry[]).map(({ manager, operation, subresource = '' }) =>
    `${manager} ${operation} ${subresource}`.trim(),
  );

const read = (path: string, name: string) => api.request('GET', `${path}/${name}`);

describe('server-side apply', () => {
  it('makes an object, changes what it names, and takes away what it no longer names', async () => {
    const created = await apply(MAPS, 'flux', configMap('lifecycle', { a: '1', b: '2' }, { labels: { app: 'shop' } }));
    expect(created.code).toBe(201);
    expect(created.body.metadata.managedFields).toEqual([
      {
        manager: 'flux',
        operation: 'Apply',
        apiVersion: 'v1',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
    await api.request(
      'PATCH',
      `${MAPS}/lifecycle`,
      { data: { c: '3' } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    const changed = await apply(MAPS, 'flux', configMap('lifecycle', { a: 'one' }));
    expect(changed).toMatchObject({ code: 200, body: { data: { a: 'one', c: '3' } } });
    expect(changed.body.metadata).not.toHaveProperty('labels');
    expect((await read(MAPS, 'lifecycle')).body).toEqual(changed.body);
  });

  it('writes nothing when nothing differs', async () => {
    const first = await apply(MAPS, 'flux', configMap('same', { a: '1' }));
    const again = await apply(MAPS, 'flux', configMap('same', { a: '1' }));
    expect(again).toMatchObject({ code: 200, body: first.body });
  });

  it('names every field that another owns, and takes it over when it is forced', async () => {
    await apply(MAPS, 'argocd', configMap('shared', { a: '1', b: '2', c: '3' }));
    const refused = await apply(MAPS, 'flux', configMap('shared', { a: 'x', b: 'y', c: '3' }));
    expect(refused).toMatchObject({
      code: 409,
      body: {
        kind: 'Status',
        reason: 'Conflict',
        message: 'Apply failed with 2 conflicts: conflicts with "argocd":\n- .data.a\n- .data.b',
        details: {
          causes: [
            { reason: 'FieldManagerConflict', message: 'conflict with "argocd"', field: '.data.a' },
            { reason: 'FieldManagerConflict', message: 'conflict with "argocd"', field: '.data.b' },
          ],
        },
      },
    });
    expect((await read(MAPS, 'shared')).body.data).toEqual({ a: '1', b: '2', c: '3' });
    const forced = await apply(MAPS, 'flux', configMap('shared', { a: 'x', b: 'y', c: '3' }), '&force=true');
    expect(forced.body.data).toEqual({ a: 'x', b: 'y', c: '3' });
    // What both apply stays until neither does.
    await apply(MAPS, 'flux', configMap('shared', {}));
    expect((await read(MAPS, 'shared')).body.data).toEqual({ c: '3' });
    await apply(MAPS, 'argocd', configMap('shared', {}));
    expect((await read(MAPS, 'shared')).body).not.toHaveProperty('data.c');
  });

  it('changes nothing in a dry run', async () => {
    const created = await apply(MAPS, 'flux', configMap('dry', { a: '1' }), '&dryRun=All');
    expect(created.code).toBe(201);
    expect((await read(MAPS, 'dry')).code).toBe(404);
    const stored = await apply(MAPS, 'flux', configMap('dry', { a: '1' }));
    const changed = await apply(MAPS, 'flux', configMap('dry', { a: '2' }), '&dryRun=All');
    expect(changed.body.data).toEqual({ a: '2' });
    expect((await read(MAPS, 'dry')).body).toEqual(stored.body);
  });

  it('fills in defaults, which have no owner, and refuses what other writes refuse', async () => {
    const created = await apply(PLANS, 'flux', planOf('defaults', { namespaces: ['shop'] }));
    expect(created.body.spec).toMatchObject({ namespaces: ['shop'], onFailure: 'Unwind', closed: false });
    expect(created.body.metadata.managedFields[0].fieldsV1).toEqual({ 'f:spec': { 'f:namespaces': {} } });
    const other = await apply(PLANS, 'argocd', planOf('defaults', { closed: true }));
    expect(other).toMatchObject({ code: 200, body: { spec: { closed: true } } });
    expect((await apply(PLANS, 'flux', planOf('defaults', { namespaces: [1] }))).code).toBe(422);
    const unknown = await apply(PLANS, 'flux', planOf('defaults', { nameSpaces: [] }), '&fieldValidation=Strict');
    expect(unknown).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('did you mean "namespaces"') },
    });
    expect(new Set(managersOf(await read(PLANS, 'defaults')))).toEqual(new Set(['argocd Apply', 'flux Apply']));
  });

  it('has owners for each volume of a plan, and gives what they no longer select back to discovery', async () => {
    const volume = (name: string, more: object) => ({ name, ...more });
    const key = { kind: 'MigPlan', namespace: NAMESPACE, name: 'volumes' };
    await apply(PLANS, 'flux', planOf('volumes', { namespaces: ['shop'] }));
    const found = [
      volume('pv-1', { capacity: '1Gi', selection: { action: 'copy' }, pvc: { namespace: 'shop', name: 'data' } }),
      volume('pv-2', { capacity: '2Gi', selection: { action: 'copy' }, pvc: { namespace: 'shop', name: 'logs' } }),
    ];
    const discover = (current: { spec: object }) => ({
      ...current,
      spec: { ...current.spec, persistentVolumes: found },
    });
    await api.store.resources.update(key, discover as never, { actor: { name: 'test' } });
    const selected = await apply(
      PLANS,
      'flux',
      planOf('volumes', {
        namespaces: ['shop'],
        persistentVolumes: [
          volume('pv-2', { selection: { action: 'skip', storageClass: 'fast' }, pvc: { name: 'logs:new' } }),
        ],
      }),
    );
    expect(selected.body.spec.persistentVolumes).toMatchObject([
      { name: 'pv-1', selection: { action: 'copy' } },
      { name: 'pv-2', capacity: '2Gi', selection: { action: 'skip', storageClass: 'fast' }, pvc: { name: 'logs:new' } },
    ]);
    const conflict = await apply(
      PLANS,
      'argocd',
      planOf('volumes', { persistentVolumes: [volume('pv-2', { selection: { action: 'move' } })] }),
    );
    expect(conflict.body.details.causes).toMatchObject([
      { field: '.spec.persistentVolumes[name="pv-2"].selection.action' },
    ]);
    const given = await apply(PLANS, 'flux', planOf('volumes', { namespaces: ['shop'] }));
    expect(given.body.spec.persistentVolumes[1]).toMatchObject({
      name: 'pv-2',
      capacity: '2Gi',
      pvc: { name: 'logs' },
    });
    expect(given.body.spec.persistentVolumes[1].selection).toEqual({});
  });

  it('of the status has owners of its own', async () => {
    await apply(PLANS, 'flux', planOf('status', { namespaces: ['shop'] }));
    const condition = (type: string, message: string) => ({ type, status: 'True', category: 'Advisory', message });
    const status = (...conditions: object[]) => ({ ...planOf('status', { closed: true }), status: { conditions } });
    const put = (manager: string, object: object) =>
      api.request('PATCH', `${PLANS}/status/status?fieldManager=${manager}`, object, {
        'Content-Type': 'application/apply-patch+yaml',
      });
    await put('one', status(condition('Checked', 'a')));
    const both = await put('two', status(condition('Seen', 'b')));
    expect(both.body.status.conditions).toMatchObject([{ type: 'Checked' }, { type: 'Seen' }]);
    expect(both.body.spec.closed).toBe(false);
    expect(managersOf(both).sort()).toEqual(['flux Apply', 'one Apply status', 'two Apply status']);
    const conflict = await put('two', status(condition('Checked', 'other')));
    expect(conflict.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "one" with subresource "status": .status.conditions[type="Checked"].message',
    );
    expect(
      (await put('two', { ...status(), metadata: { name: 'status', namespace: NAMESPACE } })).body.status.conditions,
    ).toMatchObject([{ type: 'Checked' }]);
    const absent = await api.request('PATCH', `${PLANS}/absent/status?fieldManager=one`, planOf('absent', {}), {
      'Content-Type': 'application/apply-patch+yaml',
    });
    expect(absent.code).toBe(404);
  });

  it('of what the service made itself conflicts with nothing that is a default', async () => {
    const path = `${OBJECTS_PATH}/migrationcontrollers`;
    const settings = (spec: object) => ({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigrationController',
      metadata: { name: 'migration-controller', namespace: NAMESPACE },
      spec,
    });
    const applied = await apply(path, 'flux', settings({ mig_pod_limit: 7 }));
    expect(applied).toMatchObject({ code: 200, body: { spec: { mig_pod_limit: 7, mig_namespace_limit: 10 } } });
    const back = await apply(path, 'flux', settings({}));
    expect(back.body.spec.mig_pod_limit).toBe(100);
  });

  it.each([
    [
      'no field manager',
      '',
      configMap('refused', {}),
      422,
      'fieldManager: Required value: is required for apply patch',
    ],
    ['a name of 129 bytes', `?fieldManager=${'x'.repeat(129)}`, configMap('refused', {}), 422, 'fieldManager'],
    ['a name with a line break', '?fieldManager=a%0Ab', configMap('refused', {}), 422, 'fieldManager'],
    ['no kind', '?fieldManager=a', { metadata: { name: 'refused' } }, 400, 'invalid object type'],
    ['a list', '?fieldManager=a', [], 400, 'invalid object type'],
    ['another name', '?fieldManager=a', configMap('other', {}), 400, 'metadata.name'],
    [
      'managedFields',
      '?fieldManager=a',
      configMap('refused', {}, { managedFields: [] }),
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'a uid of an object that is not there',
      '?fieldManager=a',
      configMap('refused', {}, { uid: 'x' }),
      409,
      'there is no such object',
    ],
    [
      'one finalizer twice',
      '?fieldManager=a',
      configMap('refused', {}, { finalizers: ['a/b', 'a/b'] }),
      400,
      'duplicate entries for key [="a/b"]',
    ],
  ])('is refused with %s', async (_, query, object, code, message) => {
    const answer = await api.request('PATCH', `${MAPS}/refused${query}`, object, {
      'Content-Type': 'application/apply-patch+yaml',
    });
    expect(answer).toMatchObject({ code, body: { kind: 'Status', message: expect.stringContaining(message) } });
    expect((await read(MAPS, 'refused')).code).toBe(404);
  });

  it('is not offered in CBOR, nor to be forced in another patch', async () => {
    const cbor = await api.request('PATCH', `${MAPS}/refused?fieldManager=a`, '\u00a0', {
      'Content-Type': 'application/apply-patch+cbor',
    });
    expect(cbor.code).toBe(415);
    const forced = await api.request(
      'PATCH',
      `${MAPS}/shared?force=true`,
      {},
      { 'Content-Type': 'application/merge-patch+json' },
    );
    expect(forced).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('may not be specified for non-apply patch') },
    });
  });
});

describe('managedFields', () => {
  it('name who wrote which field, by field manager or user agent', async () => {
    const agent = { 'User-Agent': 'terraform/1.9 (linux)' };
    await api.request('POST', MAPS, configMap('tracked', { a: '1', b: '2' }), agent);
    await api.request(
      'PATCH',
      `${MAPS}/tracked?fieldManager=edit`,
      { data: { b: 'two' } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    const { body } = await read(MAPS, 'tracked');
    const stored = {
      ...body,
      data: { ...body.data, c: '3' },
      metadata: { ...body.metadata, managedFields: undefined },
    };
    const put = await api.request('PUT', `${MAPS}/tracked`, stored, { 'User-Agent': 'controller/v1' });
    // In the order of their times, which are whole seconds.
    expect(managersOf(put).sort()).toEqual(['controller Update', 'edit Update', 'terraform Update']);
    const [controller, edit, terraform] = put.body.metadata.managedFields.sort(
      (one: { manager: string }, other: { manager: string }) => one.manager.localeCompare(other.manager),
    );
    expect(controller.fieldsV1).toEqual({ 'f:data': { 'f:c': {} } });
    expect(edit.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } });
    expect(terraform.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
  });

  it('stay when a writer sends none, and go when it sends an empty one', async () => {
    await apply(MAPS, 'flux', configMap('reset', { a: '1' }));
    const put = await api.request('PUT', `${MAPS}/reset`, configMap('reset', { a: '1' }));
    expect(managersOf(put)).toEqual(['flux Apply']);
    const reset = await api.request(
      'PATCH',
      `${MAPS}/reset`,
      { metadata: { managedFields: [{}] } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    expect(reset.body.metadata).not.toHaveProperty('managedFields');
    // What was there before then has an owner that no one is.
    const conflict = await apply(MAPS, 'flux', configMap('reset', { a: '2' }));
    expect(conflict.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
  });

  const entry = {
    manager: 'a',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
  };
  const deep = Array.from({ length: 80 }).reduce<object>((below) => ({ 'f:a': below }), {});
  it.each<[string, unknown]>([
    ['a time that is none', [{ ...entry, time: 'garbage' }]],
    ['an unknown operation', [{ ...entry, operation: 'Take' }]],
    ['an unknown type of fields', [{ ...entry, fieldsType: 'FieldsV2' }]],
    ['no version', [{ ...entry, apiVersion: undefined }]],
    ['fields that are a text', [{ ...entry, fieldsV1: 'x' }]],
    ['fields that no server writes', [{ ...entry, fieldsV1: { a: {} } }]],
    ['fields deeper than any object', [{ ...entry, fieldsV1: deep }]],
    [
      'more than they may be',
      [{ ...entry, fieldsV1: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f:field-${n}`, {}])) }],
    ],
    ['a field of their own', [{ ...entry, extra: 1 }]],
    ['an object', {}],
  ])('are refused with %s, in every write', async (_, managedFields) => {
    const object = configMap('malformed', {}, { managedFields });
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const answers = [
      await api.request('POST', MAPS, object),
      await api.request('PUT', `${MAPS}/shared`, configMap('shared', {}, { managedFields })),
      await api.request('PATCH', `${MAPS}/shared`, { metadata: { managedFields } }, merge),
    ];
    const refused = { code: 400, body: { message: expect.stringContaining('managedFields') } };
    expect(answers).toMatchObject([refused, refused, refused]);
  });

  it('are bounded however many write, and whatever they write', async () => {
    await api.request('POST', MAPS, configMap('crowd', {}));
    for (let n = 0; n < 25; n++) {
      const merge = { 'Content-Type': 'application/merge-patch+json' };
      await api.request('PATCH', `${MAPS}/crowd?fieldManager=writer-${n}`, { data: { [`key-${n}`]: '' } }, merge);
    }
    expect((await read(MAPS, 'crowd')).body.metadata.managedFields).toHaveLength(10);
    const data = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`key-${n}`, '']));
    const large = await api.request('POST', MAPS, configMap('large', data));
    expect(large.code).toBe(201);
    expect(large.body.metadata).not.toHaveProperty('managedFields');
    const applied = await apply(MAPS, 'flux', configMap('larger', data));
    expect(applied).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('metadata.managedFields: Too long') },
    });
  });
});

describe('kubectl', () => {
  it('applies by the server, shows a difference first, and prunes', async () => {
    const shop = (data: object) => [configMap('shop', data as Record<string, string>)];
    const first = await api.apply(shop({ a: '1', b: '2' }), '--server-side');
    expect(first).toMatchObject({ code: 0, stderr: '', stdout: 'configmap/shop serverside-applied\n' });
    const same = await api.kubectl('diff', '--server-side', '-f', `${api.folder}/manifest.yaml`);
    expect(same).toMatchObject({ code: 0, stdout: '' });
    const revision = await api.store.resources.currentRevision();
    await api.apply(shop({ a: '1', b: '2' }), '--server-side');
    expect(await api.store.resources.currentRevision()).toBe(revision);
    await api.apply(shop({ a: 'one' }), '--server-side', '--dry-run=server');
    const differs = await api.kubectl('diff', '--server-side', '-f', `${api.folder}/manifest.yaml`);
    expect(differs).toMatchObject({ code: 1, stdout: expect.stringMatching(/- {2}a: "1"\n- {2}b: "2"\n\+ {2}a: one/) });
    await api.apply(shop({ a: 'one' }), '--server-side');
    expect((await read(MAPS, 'shop')).body.data).toEqual({ a: 'one' });
  });

  it('is told of conflicts with its own advice', async () => {
    await api.apply([configMap('contested', { a: '1' })], '--server-side', '--field-manager=first');
    const conflict = await api.apply([configMap('contested', { a: '2' })], '--server-side');
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toContain('Apply failed with 1 conflict: conflict with "first": .data.a');
    expect(conflict.stderr).toContain('--force-conflicts');
    const forced = await api.apply([configMap('contested', { a: '2' })], '--server-side', '--force-conflicts');
    expect(forced.code).toBe(0);
  });

  it('moves from apply by the client to apply by the server without a conflict, and back', async () => {
    await api.apply([configMap('moved', { a: '1', b: '2' })]);
    const moved = await api.apply([configMap('moved', { a: 'one' })], '--server-side');
    expect(moved).toMatchObject({ code: 0, stdout: 'configmap/moved serverside-applied\n' });
    const { body } = await read(MAPS, 'moved');
    expect(body.data).toEqual({ a: 'one' });
    expect(managersOf({ body } as Answer)).toContain('kubectl Apply');
    expect(managersOf({ body } as Answer).join()).not.toContain('kubectl-client-side-apply');
    const back = await api.apply([configMap('moved', { a: 'two' })]);
    expect(back.code).toBe(0);
    expect((await read(MAPS, 'moved')).body.data).toEqual({ a: 'two' });
  });

  it('applies kinds of ours, and shows who manages what', async () => {
    const applied = await api.apply([planOf('managed', { namespaces: ['shop'] })], '--server-side');
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    const shown = await api.kubectl('get', 'migplan', 'managed', '-o', 'yaml', '--show-managed-fields');
    expect(shown.stdout).toContain('manager: kubectl');
    expect((await api.kubectl('get', 'migplan', 'managed', '-o', 'yaml')).stdout).not.toContain('managedFields');
  });
});
