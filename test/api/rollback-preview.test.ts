import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { runRecord } from '../kit/fakes/recorded-run.js';
import { migration, plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
let uid: string;
beforeAll(async () => {
  api = await TestApi.start();
  uid = (await api.create('migplans', plan('shop'))).body.metadata.uid;
});
afterAll(() => api?.close());

const PREVIEW = `${OBJECTS_PATH}/migplans/shop/rollback`;
const NOTHING = { deletes: [], releases: [], stays: [], discards: [] };

/** A run of the plan, to a cluster, that made these. */
async function run(name: string, cluster: string, made: { kind: string; name: string; namespace?: string }[]) {
  const base = runRecord();
  const ref: RunRef = { kind: 'MigMigration', namespace: NAMESPACE, name, uid: `uid-of-${name}`, attempt: 1 };
  const { attempt, ...identity } = ref;
  const record = runRecord({
    migration: identity,
    attempt,
    plan: { namespace: NAMESPACE, name: 'shop', uid },
    target: { ...base.target, name: cluster, uid: `uid-of-${cluster}`, clusterUid: cluster },
  });
  await api.store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: name }, record);
  const objects = made.map((object) => ({
    ...object,
    apiVersion: object.kind === 'Deployment' ? 'apps/v1' : 'v1',
    cluster: `uid-of-${cluster}`,
    uid: `${name}-${object.name}`,
  }));
  await api.store.runs.recordCreated(ref, objects);
}

describe('what a rollback would do', () => {
  it('is nothing while nothing was migrated', async () => {
    expect((await api.request('GET', PREVIEW)).body).toEqual(NOTHING);
  });

  it('is listed object by object, in the order of their deletion', async () => {
    await run('old', 'former', [{ kind: 'Secret', namespace: 'shop', name: 'keys' }]);
    await run('new', 'target', [
      { kind: 'Namespace', name: 'shop' },
      { kind: 'PersistentVolume', name: 'pv' },
      { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
      { kind: 'Deployment', namespace: 'shop', name: 'web' },
    ]);
    const discards = [{ claim: 'shop/data', size: '1Gi', pods: ['web-0'] }];
    await api.store.resources.update(
      { kind: 'MigPlan', namespace: NAMESPACE, name: 'shop' },
      (current) => ({ ...current, status: { rollback: { objects: {}, discards } } }),
      { actor: SYSTEM_ACTOR },
    );
    const { stdout } = await api.kubectl('get', '--raw', PREVIEW);
    const preview = JSON.parse(stdout);
    expect(preview.deletes.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)).toEqual([
      'Deployment web',
      'PersistentVolumeClaim data',
      'Namespace shop',
    ]);
    expect(preview.deletes[0]).toEqual({
      cluster: 'target',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      uid: 'new-web',
    });
    expect(preview.releases).toMatchObject([{ kind: 'PersistentVolume', name: 'pv' }]);
    expect(preview.stays).toMatchObject([
      { kind: 'Secret', cluster: 'former', reason: expect.stringContaining('former') },
    ]);
    expect(preview.discards).toEqual(discards);
  });

  it('is told by a dry run with kubectl', async () => {
    const file = path.join(api.folder, 'rollback.json');
    const spec = { rollback: true, migPlanRef: { name: 'shop', namespace: NAMESPACE } };
    const { metadata } = migration('back');
    const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigMigration', metadata, spec };
    await writeFile(file, JSON.stringify(object));
    const args = ['create', '-n', NAMESPACE, '-f', file, '-o', 'json'];
    const { stdout } = await api.kubectl(...args, '--dry-run=server');
    expect(JSON.parse(stdout).status.rollback).toEqual((await api.request('GET', PREVIEW)).body);
    expect((await api.request('GET', `${OBJECTS_PATH}/migmigrations/back`)).code).toBe(404);
    expect(JSON.parse((await api.kubectl(...args)).stdout).status).toBeUndefined();
  });

  it('of a plan that is not there is a Status', async () => {
    expect(await api.request('GET', `${OBJECTS_PATH}/migplans/missing/rollback`)).toMatchObject({ code: 404 });
  });
});
