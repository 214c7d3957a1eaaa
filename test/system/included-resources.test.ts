import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kubectl } from '../../lab/client/kubectl.js';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  readMigration,
  startMigration,
} from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { helpersLeft } from '../kit/cluster/helpers-left.js';
import { claim, deployment } from '../kit/fakes/workload-objects.js';
import { conditionOf } from '../kit/system/mid-run.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';

const LABELS = { part: 'store' };
const chosen = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: LABELS } });
const small = (kind: 'ConfigMap' | 'Secret', name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
});

/** An empty volume gets the name of the pod that found it so. */
const store = () => deployment('store', { claim: 'data', first: '[ -e /data/file ] || hostname > /data/file' });
const renamed = async ({ namespace }: Scene) => {
  const { spec } = await system.source.get<KubeObject>('persistentvolumeclaim', 'data', '-n', namespace);
  return [{ name: spec.volumeName, pvc: { name: 'data:data-copy' } }];
};
const readFile = ({ namespace }: Scene, cluster: Kubectl) =>
  cluster.run(['-n', namespace, 'exec', 'deployment/store', '--', 'cat', '/data/file']);

let system: SharedSystem;
let scene: Scene;

beforeAll(async () => {
  system = await SharedSystem.attach();
  scene = await Scene.open(system, 'chosen', [
    chosen(claim('data')),
    chosen(store()),
    chosen(small('ConfigMap', 'settings')),
    // Of a kind that is not listed.
    chosen(small('Secret', 'token')),
    claim('cache'),
    deployment('web', { claim: 'cache' }),
    small('ConfigMap', 'notes'),
  ]);
  await scene.plan({
    includedResources: [
      { group: 'apps', kind: 'Deployment' },
      { group: '', kind: 'ConfigMap' },
      { group: '', kind: 'PersistentVolumeClaim' },
    ],
    labelSelector: { matchLabels: LABELS },
    persistentVolumes: await renamed(scene),
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
  let content: string;

  it('migrates that and nothing else, and leaves what it did not choose running', async () => {
    const before = await objectsOf(system.source);
    content = await readFile(scene, system.source);
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
    expect(await readFile(scene, system.target)).toBe(content);
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

describe('a plan that lists workloads without their claims', () => {
  let later: Scene;
  afterAll(() => later?.remove());

  it('has them find the claims that a state migration brought under other names', async () => {
    later = await Scene.open(system, 'later', [claim('data'), store()]);
    const content = await readFile(later, system.source);
    const includedResources = [{ group: 'apps', kind: 'Deployment' }];
    await later.plan({ includedResources, persistentVolumes: await renamed(later) });
    expectSuccess(await later.migrate(`${later.namespace}-state`, { migrateState: true, quiescePods: true }));
    const objects = await later.migrate(`${later.namespace}-objects`, { quiescePods: true });
    expect(conditionOf(objects, 'Succeeded'), JSON.stringify(objects.status?.conditions)).toBeDefined();
    expect(await later.replicas(system.source)).toEqual({ store: 0 });
    expect(await readFile(later, system.target)).toBe(content);
  });
});
