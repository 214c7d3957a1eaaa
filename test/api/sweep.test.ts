import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { ANNOTATIONS, PLAN_FINALIZER } from '../../resources/meta/labels.js';
import { migration, plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const pathOf = (name: string) => `${OBJECTS_PATH}/migplans/${name}`;
const annotate = (name: string) =>
  api.kubectl('-n', NAMESPACE, 'annotate', 'migplan', name, `${ANNOTATIONS.sweep}=now`);

describe('a sweep', () => {
  it('is counted, asked for by the subresource or with kubectl', async () => {
    await api.create('migplans', plan('shop'));
    const { code, body } = await api.request('POST', `${pathOf('shop')}/sweep`);
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({ generation: 1, annotations: { [ANNOTATIONS.sweepsRequested]: '1' } });
    expect(await annotate('shop')).toMatchObject({ code: 0 });
    const { metadata } = (await api.request('GET', pathOf('shop'))).body;
    expect(metadata.annotations).toEqual({ [ANNOTATIONS.sweepsRequested]: '2' });
  });

  it('cannot be asked for at creation, and users do not count', async () => {
    const annotations = { [ANNOTATIONS.sweep]: 'now', [ANNOTATIONS.sweepsRequested]: '3' };
    const { code, body } = await api.create('migplans', { ...plan('new'), metadata: { name: 'new', annotations } });
    expect(code).toBe(422);
    expect(body.details.causes.map(({ field }: { field: string }) => field)).toEqual([
      `metadata.annotations[${ANNOTATIONS.sweep}]`,
      `metadata.annotations[${ANNOTATIONS.sweepsRequested}]`,
    ]);
    await api.patch('migplans', 'shop', { metadata: { annotations: { [ANNOTATIONS.sweepsRequested]: '9' } } });
    const { metadata } = (await api.request('GET', pathOf('shop'))).body;
    expect(metadata.annotations).toEqual({ [ANNOTATIONS.sweepsRequested]: '2' });
  });
});

describe('a plan that is being deleted', () => {
  it('takes neither a sweep nor a migration', async () => {
    await api.create('migplans', plan('going'));
    await api.store.resources.update(
      { kind: 'MigPlan', namespace: NAMESPACE, name: 'going' },
      (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [PLAN_FINALIZER] } }),
      { actor: SYSTEM_ACTOR },
    );
    await api.request('DELETE', pathOf('going'));
    const refused = await annotate('going');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('the plan is being deleted');
    const migPlanRef = { name: 'going', namespace: NAMESPACE };
    const { code, body } = await api.create('migmigrations', migration('late', { migPlanRef, rollback: true }));
    expect(code).toBe(422);
    expect(body.details.causes).toMatchObject([
      { field: 'spec.migPlanRef', message: expect.stringContaining('deleted') },
    ]);
  });
});
