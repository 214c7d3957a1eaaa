import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const discovered = (name: string, claim: string) => ({
  name,
  capacity: '10Gi',
  storageClass: 'gp2',
  supported: { actions: ['copy', 'skip'], copyMethods: ['filesystem'] },
  selection: { action: 'copy', copyMethod: 'filesystem', storageClass: 'standard' },
  pvc: { namespace: 'shop', name: claim, accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', hasReference: true },
});

/** As discovery does: writes the list through the store. */
const discover = () =>
  api.store.resources.update(
    { kind: 'MigPlan', namespace: NAMESPACE, name: 'volumes' },
    (current: KubeObject) => ({
      ...current,
      spec: { ...current.spec, persistentVolumes: [discovered('pv-a', 'data'), discovered('pv-b', 'logs')] },
    }),
    { actor: { name: 'discovery' } },
  );

const volumes = async () => (await api.request('GET', `${OBJECTS_PATH}/migplans/volumes`)).body.spec.persistentVolumes;

describe('the volumes of a plan', () => {
  it('keep what discovery wrote when the manifest without them is applied again', async () => {
    const manifest = {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigPlan',
      ...plan('volumes'),
    };
    await api.apply([manifest], '-n', NAMESPACE);
    await discover();
    expect((await api.apply([manifest], '-n', NAMESPACE)).stdout).toContain('unchanged');
    expect(await volumes()).toHaveLength(2);
  });

  it('take selection and claim name from a partial list and nothing else', async () => {
    const entry = {
      name: 'pv-b',
      capacity: '1Ti',
      selection: { verify: true },
      pvc: { name: 'logs:archive', namespace: 'other', accessModes: ['ReadWriteMany'] },
    };
    const persistentVolumes = [entry];
    await api.apply(
      [{ apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigPlan', ...plan('volumes', { persistentVolumes }) }],
      '-n',
      NAMESPACE,
    );
    const [first, second] = await volumes();
    expect(first).toEqual(discovered('pv-a', 'data'));
    expect(second).toMatchObject({
      capacity: '10Gi',
      selection: { action: 'copy', verify: true, storageClass: 'standard' },
      pvc: { namespace: 'shop', name: 'logs:archive', accessModes: ['ReadWriteOnce'], hasReference: true },
    });
  });

  it('are edited in place by index, as MTC users do', async () => {
    const operations = [{ op: 'replace', path: '/spec/persistentVolumes/0/selection/action', value: 'skip' }];
    expect((await api.patch('migplans', 'volumes', operations, 'json-patch')).code).toBe(200);
    expect((await volumes())[0].selection).toMatchObject({ action: 'skip', copyMethod: 'filesystem' });
  });

  it('are not emptied by a replacement', async () => {
    const path = `${OBJECTS_PATH}/migplans/volumes`;
    const { resourceVersion } = (await api.request('GET', path)).body.metadata;
    const sent = { ...plan('volumes', { persistentVolumes: [] }), metadata: { name: 'volumes', resourceVersion } };
    const { code } = await api.request('PUT', path, sent);
    expect(code).toBe(200);
    expect(await volumes()).toHaveLength(2);
  });

  it('cannot be bound to another claim', async () => {
    const persistentVolumes = [{ name: 'pv-a', pvc: { name: 'logs' } }];
    const { body } = await api.patch('migplans', 'volumes', { spec: { persistentVolumes } });
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.persistentVolumes[0].pvc.name' }] } });
    expect(body.message).toContain('write "data" or "data:<name on the target>"');
  });

  it('can be chosen before they are discovered', async () => {
    const persistentVolumes = [{ name: 'pv-new', selection: { action: 'skip' } }];
    await api.patch('migplans', 'volumes', { spec: { persistentVolumes } });
    expect((await volumes())[2]).toEqual({ name: 'pv-new', selection: { action: 'skip' }, pvc: {} });
  });
});
