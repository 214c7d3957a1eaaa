import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import { migration, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

const put = (name: string, ownerReferences?: object[], more: object = {}) =>
  api.request('POST', MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(ownerReferences && { ownerReferences }), ...more },
  });
const map = async (name: string, ...owners: Owner[]): Promise<Owner> => {
  const { code, body } = await put(name, owners.length > 0 ? owners : undefined);
  expect(code).toBe(201);
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: body.metadata.uid };
};
const get = (name: string) => api.request('GET', `${MAPS}/${name}`);
const remove = (name: string, propagationPolicy?: string) =>
  api.request('DELETE', `${MAPS}/${name}`, propagationPolicy && { propagationPolicy });
const isGone = (name: string) =>
  vi.waitFor(async () => expect((await get(name)).code, name).toBe(404), { timeout: 10_000 });

describe('an object whose owner is gone', () => {
  it.each([undefined, 'Background'])('goes with it (propagation %s), and what it owns with it', async (policy) => {
    const name = `background-${policy ?? 'default'}`.toLowerCase();
    const owner = await map(name);
    const child = await map(`${name}-child`, owner);
    await map(`${name}-grandchild`, child);
    expect((await remove(name, policy)).body.status).toBe('Success');
    expect((await get(name)).code).toBe(404);
    await isGone(`${name}-child`);
    await isGone(`${name}-grandchild`);
  });

  it('goes although the owner is of another kind', async () => {
    const { body } = await api.create('migplans', plan('owning'));
    const { apiVersion, kind, metadata } = body;
    await map('owned-by-plan', { apiVersion, kind, name: 'owning', uid: metadata.uid });
    await api.request('DELETE', `${OBJECTS_PATH}/migplans/owning`);
    await isGone('owned-by-plan');
  });

  it('goes if the owner was never there, or has been made again', async () => {
    await map('again');
    await map('of-former', { apiVersion: 'v1', kind: 'ConfigMap', name: 'again', uid: 'another' });
    await isGone('of-former');
    expect((await get('again')).code).toBe(200);
  });

  it('stays with another owner, and forgets the one that is gone', async () => {
    const [first, second] = [await map('first'), await map('second')];
    await map('of-both', first, second);
    await remove('first');
    await vi.waitFor(async () => expect((await get('of-both')).body.metadata.ownerReferences).toHaveLength(1));
    expect((await get('of-both')).body.metadata.ownerReferences[0]).toMatchObject({ name: 'second' });
    await remove('second');
    await isGone('of-both');
  });

  it('stays when the owner is of a kind that is not served here, or of no kind', async () => {
    await map('of-foreign', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u-1' });
    await map('of-other-group', { apiVersion: 'example.com/v1', kind: 'MigPlan', name: 'p', uid: 'u-2' });
    const owner = await map('bystander');
    await map('of-bystander', owner);
    await remove('bystander');
    await isGone('of-bystander');
    expect([(await get('of-foreign')).code, (await get('of-other-group')).code]).toEqual([200, 200]);
  });
});

describe('deletion in the foreground', () => {
  it('takes the object away after what blocks it, whatever that waits for', async () => {
    const owner = { ...(await map('front')), blockOwnerDeletion: true };
    await put('front-blocking', [owner], { finalizers: ['example.com/hold'] });
    await map('front-other', { ...owner, blockOwnerDeletion: false });
    const { body } = await remove('front', 'Foreground');
    expect(body.metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers: ['foregroundDeletion'] });
    await isGone('front-other');
    expect((await get('front-blocking')).body.metadata.deletionTimestamp).toBeDefined();
    expect((await get('front')).code).toBe(200);
    const patch = { metadata: { finalizers: null } };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    await api.request('PATCH', `${MAPS}/front-blocking`, patch, headers);
    await isGone('front');
  });

  it('does not wait for what does not block it', async () => {
    const owner = await map('unblocked');
    await put('unblocked-child', [owner], { finalizers: ['example.com/hold'] });
    await remove('unblocked', 'Foreground');
    await isGone('unblocked');
    expect((await get('unblocked-child')).body.metadata.deletionTimestamp).toBeDefined();
  });

  it('goes through all generations', async () => {
    const top = { ...(await map('top')), blockOwnerDeletion: true };
    const middle = { ...(await map('middle', top)), blockOwnerDeletion: true };
    await map('bottom', middle);
    await remove('top', 'Foreground');
    for (const name of ['bottom', 'middle', 'top']) await isGone(name);
  });

  it('of one without dependents takes it away at once', async () => {
    await map('alone');
    expect((await remove('alone', 'Foreground')).body.status).toBe('Success');
  });
});

it.each([{ propagationPolicy: 'Orphan' }, { orphanDependents: true }])('%o leaves what is owned', async (options) => {
  const name = 'orphanDependents' in options ? 'leaving-old' : 'leaving';
  const owner = await map(name);
  await map(`${name}-child`, owner);
  await api.request('DELETE', `${MAPS}/${name}`, options);
  await isGone(name);
  const { body } = await get(`${name}-child`);
  expect(body.metadata.ownerReferences).toBeUndefined();
  expect(body.metadata.deletionTimestamp).toBeUndefined();
});

it('a migration that its plan owns goes with it when that goes by another way than its name', async () => {
  const { body: owner } = await api.create('migplans', plan('adopting'));
  const reference = { apiVersion: owner.apiVersion, kind: 'MigPlan', name: 'adopting', uid: owner.metadata.uid };
  await api.create('migmigrations', migration('adopted', { migPlanRef: { name: 'adopting' } }));
  await api.patch('migmigrations', 'adopted', { metadata: { ownerReferences: [reference] } });
  await api.request('DELETE', `${OBJECTS_PATH}/migplans/adopting`, { propagationPolicy: 'Background' });
  const { metadata } = (await api.request('GET', `${OBJECTS_PATH}/migmigrations/adopted`)).body;
  expect(metadata).toMatchObject({ finalizers: [MIGRATION_FINALIZER], deletionTimestamp: expect.any(String) });
});

describe('owner references', () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' };
  it.each([
    [
      'two controllers',
      [
        { ...owner, controller: true },
        { ...owner, uid: 'v', controller: true },
      ],
      'controller',
    ],
    ['an empty uid', [{ ...owner, uid: '' }], 'ownerReferences[0].uid'],
    ['an empty name', [{ ...owner, name: '' }], 'ownerReferences[0].name'],
    ['an empty kind', [{ ...owner, kind: '' }], 'ownerReferences[0].kind'],
    ['an empty apiVersion', [{ ...owner, apiVersion: '' }], 'ownerReferences[0].apiVersion'],
  ])('with %s are refused', async (_, references, told) => {
    const { code, body } = await put('refused', references);
    expect([code, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toContain(told);
  });
});

it('what was left while no API ran is collected when one starts', async () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'never-there', uid: 'absent' };
  const left = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'left', namespace: NAMESPACE } };
  const stored = await api.store.resources.create(left, { actor: { name: 'test' } });
  // Past the log, as what happened before the log begins.
  await api.sql(
    `UPDATE resources SET keys = keys || '{"owners": ["absent"]}',
       object = jsonb_set(object, '{metadata,ownerReferences}', '${JSON.stringify([owner])}')
     WHERE uid = '${stored.metadata.uid}'`,
  );
  const another = await TestApi.beside(api);
  await isGone('left');
  await another.close();
  expect((await api.request('GET', `${KINDS_PATH}/migplans`)).code).toBe(200);
});
