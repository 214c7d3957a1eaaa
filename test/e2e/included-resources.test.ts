import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kubectl } from '../../lab/demo/kubectl.js';
import { expectSuccess, type Migration, NAMESPACE, readMigration, startMigration } from '../../lab/demo/migrations.js';
import { until } from '../../lab/demo/until.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { helpersLeft } from '../support/helpers-left.js';
import { Scene } from '../support/scene.js';
import { System } from '../support/system.js';
import { claim, deployment } from '../support/workload-objects.js';

const LABELS = { part: 'store' };
const chosen = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: LABELS } });
const small = (kind: 'ConfigMap' | 'Secret', name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
});

let system: System;
let scene: Scene;

beforeAll(async () => {
  system = await System.start();
  scene = await Scene.open(system, 'chosen', [
    chosen(claim('data')),
    chosen(deployment('store', { claim: 'data', first: 'echo kept > /data/file' })),
    chosen(small('ConfigMap', 'settings')),
    // Of a kind that is not listed.
    chosen(small('Secret', 'token')),
    claim('cache'),
    deployment('web', { claim: 'cache' }),
    small('ConfigMap', 'notes'),
  ]);
  const { spec } = await system.source.get<KubeObject>('persistentvolumeclaim', 'data', '-n', scene.namespace);
  await scene.plan({
    includedResources: [
      { group: 'apps', kind: 'Deployment' },
      { group: '', kind: 'ConfigMap' },
      { group: '', kind: 'PersistentVolumeClaim' },
    ],
    labelSelector: { matchLabels: LABELS },
    persistentVolumes: [{ name: spec.volumeName, pvc: { name: 'data:data-copy' } }],
  });
});

afterAll(async () => {
  await scene?.remove();
  await system?.stop();
});

/** What users own in the namespace of a side. */
async function objectsOf(cluster: Kubectl): Promise<string[]> {
  const kinds = 'deployments,configmaps,secrets,persistentvolumeclaims,services,replicasets,pods';
  const { items } = await cluster.get<{ items: KubeObject[] }>(kinds, '-n', scene.namespace);
  return items
    .filter(({ metadata }) => !metadata.ownerReferences && metadata.name !== 'kube-root-ca.crt')
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .sort();
}

describe('a plan that lists and selects what it migrates', () => {
  const name = (): string => `${scene.namespace}-once`;
  let migration: Migration;

  it('migrates that and nothing else, and leaves what it did not choose running', async () => {
    const before = await objectsOf(system.source);
    migration = await scene.migrate(name(), { quiescePods: true });
    expectSuccess(migration);
    expect(await objectsOf(system.target)).toEqual([
      'ConfigMap settings',
      'Deployment store',
      'PersistentVolumeClaim data-copy',
    ]);
    expect(await objectsOf(system.source)).toEqual(before);
    expect(await scene.replicas(system.source)).toEqual({ store: 0, web: 1 });
    expect(await scene.replicas(system.target)).toEqual({ store: 1 });
    expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
  });

  it('lets what runs on the target find its data in the claim of the new name', async () => {
    const read = ['-n', scene.namespace, 'exec', 'deployment/store', '--', 'cat', '/data/file'];
    expect(await system.target.run(read)).toBe('kept');
  });

  it('is closed afterwards, and takes no further migration', async () => {
    await until(
      'the plan is closed',
      async () => {
        const plan = await system.mtc.get<KubeObject>('migplan', scene.namespace, '-n', NAMESPACE);
        return plan.spec.closed === true ? plan : undefined;
      },
      { seconds: 20 },
    );
    const again = `${scene.namespace}-again`;
    await expect(startMigration(system.mtc, again, scene.namespace, { quiescePods: true })).rejects.toThrow(
      /spec\.migPlanRef: .*is closed/,
    );
    expect(await readMigration(system.mtc, again)).toBeUndefined();
  });

  it('can be rolled back all the same', async () => {
    expectSuccess(await scene.migrate(`${scene.namespace}-back`, { rollback: true }));
    expect(await objectsOf(system.target)).toEqual([]);
    expect(await scene.replicas(system.source)).toEqual({ store: 1, web: 1 });
  });
});
