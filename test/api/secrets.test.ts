import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_MARKER } from '../../migrations-db/mask-last-applied.js';
import { type Answer, NAMESPACE, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (name: string, values: Record<string, string>, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: { name, namespace: NAMESPACE },
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)])),
  ...more,
});
const read = (name: string): Promise<Answer> => api.request('GET', `${SECRETS}/${name}`);
const valuesOf = async (name: string) => {
  const found = await api.store.secrets.read(NAMESPACE, name);
  return Object.fromEntries(Object.entries(found?.values ?? {}).map(([key, value]) => [key, value.toString()]));
};
/** Everything that the API shows of a Secret, and all that is logged of changes. */
const everythingShown = async (name: string): Promise<string> =>
  JSON.stringify([
    (await read(name)).body,
    (await api.request('GET', SECRETS)).body,
    await api.store.resources.changesAfter('0', { kind: 'Secret' }, 500),
    await api.sql('SELECT object, previous FROM changes'),
  ]) + api.log;

describe('kubectl apply of a Secret', () => {
  it.each([
    ['data', (values: Record<string, string>) => secret('data', values)],
    [
      'stringData',
      (values: Record<string, string>) => ({ ...secret('stringdata', {}), data: undefined, stringData: values }),
    ],
  ])('takes away keys of %s that a later manifest no longer has, and shows no value', async (field, manifest) => {
    const name = field.toLowerCase();
    await api.apply([manifest({ a: 'first-planted', b: 'second-planted' })]);
    const again = await api.apply([manifest({ a: 'first-planted' })]);
    // No notice that the last applied configuration is missing.
    expect(again).toMatchObject({ code: 0, stderr: '', stdout: `secret/${name} configured\n` });
    expect(await valuesOf(name)).toEqual({ a: 'first-planted' });
    expect((await read(name)).body.data).toEqual({ a: SECRET_MARKER });
    const shown = await everythingShown(name);
    for (const value of ['first-planted', 'second-planted']) {
      expect(shown).not.toContain(value);
      expect(shown).not.toContain(base64(value).slice(0, -4));
    }
  });

  it('does not tell a value that is stored from another one', async () => {
    await api.apply([secret('same', { a: '1' })]);
    const revision = async () => Number((await read('same')).body.metadata.resourceVersion);
    const put = (value: string, query = '') =>
      api.request('PUT', `${SECRETS}/same${query}`, secret('same', { a: value }));
    for (const value of ['1', '2', '2']) {
      const before = await revision();
      for (const query of ['?dryRun=All', '']) {
        const { code, body } = await put(value, query);
        expect(code).toBe(200);
        expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(before);
      }
      expect(await revision()).toBeGreaterThan(before);
    }
    const before = await revision();
    await api.apply([secret('same', { a: '2' })]);
    expect(await revision()).toBeGreaterThan(before);
    const kept = await read('same');
    await api.request('PUT', `${SECRETS}/same`, kept.body);
    expect((await read('same')).body).toEqual(kept.body);
  });

  it('leaves keys alone that it never applied', async () => {
    await api.apply([secret('others', { a: '1' })]);
    await api.request(
      'PATCH',
      `${SECRETS}/others`,
      { stringData: { own: 'x' } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    await api.apply([secret('others', {})]);
    expect(await valuesOf('others')).toEqual({ own: 'x' });
  });
});

describe('server-side apply of a Secret', () => {
  const apply = (manager: string, object: { metadata: { name: string } }, query = '') =>
    api.request('PATCH', `${SECRETS}/${object.metadata.name}?fieldManager=${manager}${query}`, object, {
      'Content-Type': 'application/apply-patch+yaml',
    });

  it('owns keys one by one, prunes them, and conflicts over a value whether it is the same or not', async () => {
    const created = await apply('flux', secret('owned', { a: '1', b: '2' }));
    expect(created.body.data).toEqual({ a: SECRET_MARKER, b: SECRET_MARKER });
    const same = await apply('argocd', secret('owned', { a: '1' }));
    expect(same.body.message).toBe('Apply failed with 1 conflict: conflict with "flux": .data.a');
    expect((await apply('argocd', secret('owned', { a: '1' }), '&force=true')).code).toBe(200);
    const conflict = await apply('argocd', secret('owned', { b: 'other' }));
    expect(conflict.body.message).toBe('Apply failed with 1 conflict: conflict with "flux": .data.b');
    await apply('flux', secret('owned', { b: '2' }));
    expect(await valuesOf('owned')).toEqual({ a: '1', b: '2' });
    await apply('argocd', secret('owned', {}));
    expect(await valuesOf('owned')).toEqual({ b: '2' });
    const { metadata } = (await read('owned')).body;
    const again = (await apply('flux', secret('owned', { b: '2' }))).body.metadata;
    expect(Number(again.resourceVersion)).toBeGreaterThan(Number(metadata.resourceVersion));
  });

  it('prunes what was applied as stringData', async () => {
    const texts = (stringData: object) => ({ ...secret('texts', {}), data: undefined, stringData });
    await apply('flux', texts({ a: '1', b: '2' }));
    await apply('flux', texts({ b: 'two' }));
    expect(await valuesOf('texts')).toEqual({ b: 'two' });
    expect((await read('texts')).body.metadata.managedFields).toMatchObject([
      { fieldsV1: { 'f:data': { 'f:b': {} }, 'f:type': {} } },
    ]);
  });
});

describe('a Secret that is immutable', () => {
  it('can be sent again as it is', async () => {
    await api.request('POST', SECRETS, secret('fixed', { a: '1' }, { immutable: true }));
    expect((await api.request('PUT', `${SECRETS}/fixed`, secret('fixed', { a: '1' }, { immutable: true }))).code).toBe(
      200,
    );
    expect((await api.request('PUT', `${SECRETS}/fixed`, secret('fixed', { a: '2' }, { immutable: true }))).code).toBe(
      422,
    );
  });
});

describe('a release of Helm', () => {
  const type = 'helm.sh/release.v1';
  const release = (name: string, value: string) =>
    secret(name, { release: value }, { type, metadata: { name, namespace: NAMESPACE, labels: { owner: 'helm' } } });
  const shown = (value: string) => ({ release: base64(value) });

  it('is given back wherever it is read', async () => {
    const created = await api.request('POST', SECRETS, release('sh.helm.release.v1.shop.v1', 'one'));
    expect(created.body.data).toEqual(shown('one'));
    const name = created.body.metadata.name;
    expect((await read(name)).body.data).toEqual(shown('one'));
    const put = await api.request('PUT', `${SECRETS}/${name}`, release(name, 'two'));
    expect(put.body.data).toEqual(shown('two'));
    const list = await api.request('GET', `${SECRETS}?labelSelector=owner=helm`);
    expect(list.body.items.map((item: { data: object }) => item.data)).toEqual([shown('two')]);
    const watch = await api.watch(`${SECRETS}?watch=true&labelSelector=owner=helm`);
    await expect.poll(() => watch.events.map(({ object }) => object.data)).toEqual([shown('two')]);
    watch.stop();
    expect(JSON.stringify(await api.sql('SELECT object FROM resources'))).not.toContain(base64('two'));
  });

  it('is not given back once an object of ours names it as its credentials', async () => {
    const name = 'sh.helm.release.v1.named.v1';
    await api.request('POST', SECRETS, release(name, 'token'));
    expect((await read(name)).body.data).toEqual(shown('token'));
    await api.create('migclusters', {
      metadata: { name: 'named' },
      spec: { url: 'https://x', serviceAccountSecretRef: { namespace: NAMESPACE, name } },
    });
    expect((await read(name)).body.data).toEqual({ release: SECRET_MARKER });
  });

  it('cannot be made of a Secret of another type', async () => {
    await api.request('POST', SECRETS, secret('credential', { token: 'x' }));
    const changed = await api.request(
      'PATCH',
      `${SECRETS}/credential`,
      { type },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    expect(changed).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('type: cannot be changed from Opaque') },
    });
    expect((await read('credential')).body.data).toEqual({ token: SECRET_MARKER });
  });
});
