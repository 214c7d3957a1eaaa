import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import { migration, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const pathOf = (name: string) => `${OBJECTS_PATH}/migmigrations/${name}`;
const retry = (name: string, query = '') => api.request('POST', `${pathOf(name)}/retry${query}`);
const annotate = (name: string, value = 'now') =>
  api.kubectl('-n', NAMESPACE, 'annotate', 'migmigration', name, `${ANNOTATIONS.retry}=${value}`);
const read = async (name: string) => (await api.request('GET', pathOf(name))).body;

/** As a run leaves its migration behind: the status written, the finalizer gone when it has ended. */
async function leave(name: string, condition: string, finalizers: string[] = []): Promise<void> {
  await api.store.resources.update(
    { kind: 'MigMigration', namespace: NAMESPACE, name },
    (current) => ({
      ...current,
      metadata: { ...current.metadata, finalizers },
      status: {
        errors: ['why'],
        conditions: [
          { type: condition, status: 'True', category: 'Advisory', message: condition, lastTransitionTime: '' },
        ],
      },
    }),
    { actor: SYSTEM_ACTOR },
  );
}

async function given(name: string, condition: string, finalizers?: string[]): Promise<void> {
  await api.create('migmigrations', migration(name));
  await leave(name, condition, finalizers);
}

describe('a retry', () => {
  it('is the next attempt of a migration that failed', async () => {
    await given('failed', 'Failed');
    const { code, body } = await retry('failed');
    expect(code).toBe(200);
    expect(body).toMatchObject({
      kind: 'MigMigration',
      metadata: { annotations: { [ANNOTATIONS.attempt]: '2' }, finalizers: [MIGRATION_FINALIZER] },
      status: { conditions: [{ type: 'Retrying' }] },
    });
    expect(await read('failed')).toEqual(body);
  });

  it('is refused while the migration runs, with the field and the reason', async () => {
    const { code, body } = await retry('failed');
    expect(code).toBe(409);
    expect(body).toMatchObject({
      reason: 'Conflict',
      message: expect.stringContaining('the migration is running'),
      details: {
        name: 'failed',
        causes: [{ field: 'status.conditions', message: expect.stringContaining('running') }],
      },
    });
  });

  it('can be asked for with kubectl, again and again', async () => {
    await given('by-hand', 'Failed');
    for (const attempt of ['2', '3']) {
      expect(await annotate('by-hand')).toMatchObject({ code: 0 });
      const { metadata } = await read('by-hand');
      expect(metadata.annotations).toEqual({ [ANNOTATIONS.attempt]: attempt });
      expect(metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
      const refused = await annotate('by-hand');
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(`metadata.annotations[${ANNOTATIONS.retry}]: the migration is running`);
      await leave('by-hand', 'Failed');
    }
  });

  it('can be asked for at its own path with kubectl', async () => {
    await given('raw', 'Failed');
    const { code, stdout } = await api.kubectl('create', '--raw', `${pathOf('raw')}/retry`, '-f', '/dev/null');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).metadata.annotations).toEqual({ [ANNOTATIONS.attempt]: '2' });
  });

  it('tells a paused migration to continue', async () => {
    await given('paused', 'Paused', [MIGRATION_FINALIZER]);
    expect((await retry('paused')).body.metadata.annotations).toEqual({ [ANNOTATIONS.resume]: '1' });
    expect((await retry('paused')).code).toBe(409);
    await leave('paused', 'Paused', [MIGRATION_FINALIZER]);
    expect(await annotate('paused')).toMatchObject({ code: 0 });
    expect((await read('paused')).metadata.annotations).toEqual({ [ANNOTATIONS.resume]: '2' });
  });

  it('changes nothing in a dry run', async () => {
    await given('dry', 'Failed');
    expect((await retry('dry', '?dryRun=All')).body.metadata.annotations).toEqual({ [ANNOTATIONS.attempt]: '2' });
    expect((await read('dry')).metadata.annotations).toBeUndefined();
  });

  it('of a migration that is not there is a Status', async () => {
    expect(await retry('missing')).toMatchObject({ code: 404, body: { kind: 'Status' } });
  });

  it('leaves the counts to the system', async () => {
    const { code, body } = await api.create('migmigrations', {
      ...migration('counted'),
      metadata: { name: 'counted', namespace: NAMESPACE, annotations: { [ANNOTATIONS.attempt]: '5' } },
    });
    expect(code).toBe(422);
    expect(body.details.causes).toMatchObject([{ field: `metadata.annotations[${ANNOTATIONS.attempt}]` }]);
  });

  it('is a subresource that is created', async () => {
    const { resources } = (await api.request('GET', KINDS_PATH)).body;
    expect(resources.find(({ name }: { name: string }) => name === 'migmigrations/retry').verbs).toEqual(['create']);
  });
});

describe('a retry of a DirectVolumeMigration', () => {
  const path = `${OBJECTS_PATH}/directvolumemigrations/copy`;
  const ended = async (condition: string, change: (metadata: KubeObject['metadata']) => object = () => ({})) => {
    const key = { kind: 'DirectVolumeMigration', namespace: NAMESPACE, name: 'copy' };
    const conditions = [
      { type: condition, status: 'True', category: 'Critical', message: 'why', lastTransitionTime: '' },
    ];
    await api.store.resources.update(
      key,
      (current) => ({
        ...current,
        metadata: { ...current.metadata, finalizers: [], ...change(current.metadata) },
        status: { phase: 'Completed', errors: ['why'], conditions },
      }),
      { actor: SYSTEM_ACTOR },
    );
  };

  it('is the next attempt of one that failed, by its subresource and by kubectl annotate', async () => {
    await api.create('directvolumemigrations', {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'DirectVolumeMigration',
      metadata: { name: 'copy', namespace: NAMESPACE },
      spec: {},
    });
    expect((await api.request('POST', `${path}/retry`)).code).toBe(409);
    await ended('Failed');
    const { code, body } = await api.request('POST', `${path}/retry`);
    expect(code).toBe(200);
    expect(body).toMatchObject({
      kind: 'DirectVolumeMigration',
      metadata: { annotations: { [ANNOTATIONS.attempt]: '2' }, finalizers: [MIGRATION_FINALIZER] },
      status: { phase: 'Created', conditions: [{ type: 'Retrying' }] },
    });
    await ended('Failed');
    expect(await api.kubectl('-n', NAMESPACE, 'annotate', 'dvm', 'copy', `${ANNOTATIONS.retry}=now`)).toMatchObject({
      code: 0,
    });
    expect((await api.request('GET', path)).body.metadata.annotations).toEqual({ [ANNOTATIONS.attempt]: '3' });
  });

  it('is refused for one that shows the copies of a migration', async () => {
    const { uid } = (await api.create('migmigrations', migration('cutover'))).body.metadata;
    await ended('Failed', () => ({
      labels: { [LABELS.directVolume]: uid },
      ownerReferences: [{ apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigMigration', name: 'cutover', uid }],
    }));
    const { code, body } = await api.request('POST', `${path}/retry`);
    expect(code).toBe(409);
    expect(body.message).toContain('retry that one');
  });

  it('is a subresource that is created', async () => {
    const { resources } = (await api.request('GET', KINDS_PATH)).body;
    const served = resources.find(({ name }: { name: string }) => name === 'directvolumemigrations/retry');
    expect(served.verbs).toEqual(['create']);
  });
});

describe('a migration of a closed plan', () => {
  it('is refused, but for a rollback', async () => {
    await api.create('migplans', plan('closed', { closed: true }));
    const migPlanRef = { name: 'closed', namespace: NAMESPACE };
    const { code, body } = await api.create('migmigrations', migration('late', { migPlanRef }));
    expect(code).toBe(422);
    expect(body.details.causes).toMatchObject([
      { field: 'spec.migPlanRef', reason: 'FieldValueForbidden', message: expect.stringContaining('closed is closed') },
    ]);
    const back = migration('back', { migPlanRef, rollback: true, quiescePods: false, stage: false });
    expect((await api.create('migmigrations', back)).code).toBe(201);
  });
});
