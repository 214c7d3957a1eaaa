import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import { migration, plan } from './manifests.js';
import { OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const get = (plural: string, name: string) => api.request('GET', `${OBJECTS_PATH}/${plural}/${name}`);
const remove = (plural: string, name: string, options?: object) =>
  api.request('DELETE', `${OBJECTS_PATH}/${plural}/${name}`, options);

/** As the last activity of a run does. */
const finishRun = (name: string) => api.patch('migmigrations', name, { metadata: { finalizers: null } });

const planWithRuns = async (name: string, ...runs: string[]) => {
  await api.create('migplans', plan(name));
  for (const run of runs) await api.create('migmigrations', migration(run, { migPlanRef: { name } }));
};

describe('deleting a plan', () => {
  it('without migrations takes it away at once', async () => {
    await planWithRuns('bare');
    expect((await remove('migplans', 'bare')).body).toMatchObject({ kind: 'Status', status: 'Success' });
    expect((await get('migplans', 'bare')).code).toBe(404);
  });

  it('deletes its migrations first, and goes when the last of them has unwound', async () => {
    await planWithRuns('busy', 'busy-1', 'busy-2');
    await planWithRuns('bystander', 'bystander-1');
    const { body } = await remove('migplans', 'busy');
    expect(body.metadata.deletionTimestamp).toBeDefined();
    for (const run of ['busy-1', 'busy-2']) {
      const { metadata } = (await get('migmigrations', run)).body;
      expect(metadata).toMatchObject({ finalizers: [MIGRATION_FINALIZER], deletionTimestamp: expect.any(String) });
    }
    expect((await get('migmigrations', 'bystander-1')).body.metadata.deletionTimestamp).toBeUndefined();

    await finishRun('busy-1');
    expect((await get('migmigrations', 'busy-1')).code).toBe(404);
    expect((await get('migplans', 'busy')).code).toBe(200);
    await finishRun('busy-2');
    await vi.waitFor(async () => expect((await get('migplans', 'busy')).code).toBe(404), { timeout: 5_000 });
  });

  it('leaves the migrations when asked to', async () => {
    await planWithRuns('orphaning', 'orphan');
    await remove('migplans', 'orphaning', { propagationPolicy: 'Orphan' });
    expect((await get('migplans', 'orphaning')).code).toBe(404);
    expect((await get('migmigrations', 'orphan')).body.metadata.deletionTimestamp).toBeUndefined();
  });

  it('touches nothing in a dry run or when the plan is another one', async () => {
    await planWithRuns('kept', 'kept-1');
    expect((await remove('migplans', 'kept', { dryRun: ['All'] })).code).toBe(200);
    expect((await remove('migplans', 'kept', { preconditions: { uid: 'another' } })).code).toBe(409);
    expect((await get('migplans', 'kept')).body.metadata.finalizers).toBeUndefined();
    expect((await get('migmigrations', 'kept-1')).body.metadata.deletionTimestamp).toBeUndefined();
  });
});
