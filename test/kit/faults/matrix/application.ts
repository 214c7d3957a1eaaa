import canonicalize from 'canonicalize';
import { expect } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, startMigration } from '../../../../lab/client/migrations.js';
import type { KubeObject } from '../../../../resources/meta/kube-object.js';
import { shortUid } from '../../../../resources/run/names.js';
import { readKept } from '../../cluster/kept.js';
import { cameIn, changedIn, snapshot } from '../../cluster/snapshot.js';
import { claim, deployment } from '../../fakes/workload-objects.js';
import { untilOver } from '../../system/mid-run.js';
import { Scene } from '../../system/scene.js';
import type { System } from '../../system/system.js';
import type { Replicas, Way } from './cases.js';
import { hooksInEachPhase } from './hooks.js';

const MEGABYTES = 6;
const PATIENCE_SECONDS = 180;

/** The application of the matrix on the source, with a Ready plan of that way. */
export async function openScene(system: System, way: Way): Promise<Scene> {
  const fill = `[ -e /data/file ] || dd if=/dev/urandom of=/data/file bs=1M count=${MEGABYTES} 2>/dev/null`;
  const scene = await Scene.open(system, way.toLowerCase().replaceAll(' ', '-').slice(0, 12), [
    claim('data'),
    deployment('store', { claim: 'data', first: fill }),
    deployment('web', { replicas: 2, last: 'sleep 3' }),
    deployment('picky'),
  ]);
  const { spec } = await system.source.get<KubeObject>('persistentvolumeclaim', 'data', '-n', scene.namespace);
  const volume = spec.volumeName;
  if (way.startsWith('State'))
    await scene.plan({ persistentVolumes: [{ name: volume, pvc: { name: 'data:data-copy' } }] });
  else if (way === 'Conversion') {
    await scene.plan({
      destMigClusterRef: { name: 'source', namespace: NAMESPACE },
      persistentVolumes: [{ name: volume, selection: { storageClass: 'local-path-2' } }],
    });
  } else await scene.plan(way === 'Final with hooks' ? { hooks: await hooksInEachPhase(scene) } : {});
  return scene;
}

export async function rollBack(scene: Scene): Promise<Migration> {
  const name = `${scene.namespace}-back`;
  await startMigration(scene.system.mtc, name, scene.namespace, { rollback: true });
  const migration = await over(scene, name);
  expectSuccess(migration);
  return migration;
}

export const over = (scene: Scene, name: string): Promise<Migration> => untilOver(scene.system, name, PATIENCE_SECONDS);

/** Until a step of the pipeline has begun; told at once, and without looking again and again. */
export async function untilStep({ system }: Scene, name: string, step: string): Promise<void> {
  const condition = `--for=jsonpath={.status.pipeline[?(@.name=="${step}")].started}`;
  await system.mtc.run(['-n', NAMESPACE, 'wait', `migmigration/${name}`, condition, '--timeout=300s']);
}

export async function replicasOf(scene: Scene, cluster: System['source']): Promise<Replicas> {
  const replicas = await scene.replicas(cluster);
  // What a run had restored and gave up again stands at 0 or is gone: either way nothing runs.
  const nothingRuns = Object.values(replicas).every((count) => count === 0);
  return nothingRuns && cluster === scene.system.target ? undefined : replicas;
}

export interface Seen {
  /** Spec, labels and annotations of the source's workloads as canonical JSON, by name. */
  workloads: Record<string, string>;
  source: Map<string, string>;
  target: Map<string, string>;
}

export async function look(system: System, scene: Scene): Promise<Seen> {
  const { items } = await system.source.get<{ items: KubeObject[] }>('deployments', '-n', scene.namespace);
  const [source, target] = await Promise.all([
    snapshot(system, 'source', [scene.namespace]),
    snapshot(system, 'target', [scene.namespace]),
  ]);
  const workloads = items.map(({ metadata: { name, labels, annotations = {} }, spec }) => {
    // The controller's own counter of template changes.
    const { 'deployment.kubernetes.io/revision': _, ...own } = annotations;
    return [name, canonicalize({ labels, annotations: own, spec }) ?? ''];
  });
  return { workloads: Object.fromEntries(workloads), source, target };
}

/** What a run may have brought, beside what is kept on purpose: all that the source has too, and claims under their new names. */
export const BROUGHT: Brought = ({ way, namespace, before }, key) =>
  before.source.has(key) ||
  (way.startsWith('State') && key === `PersistentVolumeClaim ${namespace}/data-copy`) ||
  (way === 'Conversion' && key.startsWith(`PersistentVolumeClaim ${namespace}/data-mig-`));

/** After a rollback. */
export const NOTHING: Brought = () => false;

type Brought = (played: { way: Way; namespace: string; before: Seen }, key: string) => boolean;

/**
 * Nothing else has come to either side, and nothing that was there has changed but the workloads of the source.
 *
 * @param runs tell what is theirs in the namespace that all migrations share
 */
export async function expectInventory(
  { way, scene, runs, brought }: { way: Way; scene: Scene; runs: readonly Migration[]; brought: Brought },
  before: Seen,
  after: Seen,
): Promise<void> {
  const kept = await readKept();
  const { namespace } = scene;
  const told = JSON.stringify(runs.map(({ metadata, status }) => [metadata.name, status?.conditions]));
  const marks = [namespace, ...runs.map(({ metadata }) => shortUid(metadata.uid))];
  const isOthers = (key: string): boolean =>
    key.includes(` ${NAMESPACE}/`) && !marks.some((mark) => key.includes(mark));
  for (const side of ['source', 'target'] as const) {
    // A conversion has its target where its source is.
    const isKept = (key: string): boolean => kept(side, key) || (way === 'Conversion' && kept('target', key));
    const left = cameIn(before[side], after[side]).filter(
      (key) => !isKept(key) && !isOthers(key) && !brought({ way, namespace, before }, key),
    );
    expect(left, `${side}; ${told}`).toEqual([]);
  }
  const onTarget = Object.entries(changedIn(before.target, after.target)).filter(([key]) => !isOthers(key));
  expect(Object.fromEntries(onTarget)).toEqual({});
  const changed = Object.keys(changedIn(before.source, after.source)).filter(
    (key) => key.includes(` ${namespace}/`) && !key.startsWith('Deployment '),
  );
  expect(changed).toEqual(
    way === 'Conversion' ? changed.filter((key) => key.startsWith('PersistentVolumeClaim ')) : [],
  );
}
