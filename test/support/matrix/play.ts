import canonicalize from 'canonicalize';
import { expect } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, startMigration } from '../../../lab/demo/migrations.js';
import { until } from '../../../lab/demo/until.js';
import type { KubeObject } from '../../../resources/kube-object.js';
import { shortUid } from '../../../resources/names.js';
import { helpersLeft } from '../helpers-left.js';
import { readKept } from '../kept.js';
import { conditionOf, untilOver } from '../mid-run.js';
import { Scene } from '../scene.js';
import { cameIn, changedIn, snapshot } from '../snapshot.js';
import type { System } from '../system.js';
import { claim, deployment } from '../workload-objects.js';
import { expectedOf, halts, type Outcome, type Replicas, SPECS, type Way } from './cases.js';
import { refuse } from './refusals.js';

const MEGABYTES = 6;
const PATIENCE_SECONDS = 180;

/** Plays one case from an application that runs to the outcome, and compares what is left of it with what must be. */
export async function play(system: System, way: Way, outcome: Outcome, finished: (undo: () => Promise<void>) => void) {
  const scene = await openScene(system, way);
  finished(() => scene.remove());
  const before = await look(system, scene);
  const runs = [await act(scene, way, outcome, finished)];
  if (outcome === 'rollback') runs.push(await rollBack(scene));

  const expected = expectedOf(way, outcome);
  expect(await replicasOf(scene, system.source)).toEqual(expected?.source);
  expect(await replicasOf(scene, system.target)).toEqual(expected?.target);
  for (const run of runs) expect(await helpersLeft(system, run.metadata.uid)).toEqual([]);
  const after = await look(system, scene);
  // Whatever happened, the source's workloads are as before wherever they are meant to run.
  if (mustBeAsBefore(way, outcome)) expect(after.workloads).toEqual(before.workloads);
  expect(changedIn(before.target, after.target)).toEqual({});
  if (outcome === 'rollback') await expectClean(before, after, [scene.namespace, ...runs.map(uidOf)]);
}

const uidOf = ({ metadata }: Migration): string => shortUid(metadata.uid);

const mustBeAsBefore = (way: Way, outcome: Outcome): boolean =>
  ['cancel', 'failure before the commit point', 'rollback'].includes(outcome) ||
  (outcome === 'success' && !halts(way)) ||
  way === 'Final without quiesce';

async function openScene(system: System, way: Way): Promise<Scene> {
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
  } else await scene.plan();
  return scene;
}

/** Runs the migration into its outcome; a rollback follows a success. */
async function act(
  scene: Scene,
  way: Way,
  outcome: Outcome,
  finished: (undo: () => Promise<void>) => void,
): Promise<Migration> {
  const name = scene.namespace;
  const { mtc } = scene.system;
  const start = (): Promise<void> => startMigration(mtc, name, scene.namespace, SPECS[way]);
  if (outcome === 'success' || outcome === 'rollback') {
    await start();
    const migration = await over(scene, name);
    expectSuccess(migration);
    return migration;
  }
  if (outcome === 'cancel') {
    await start();
    await untilStep(scene, name, halts(way) ? 'StageBackup' : 'DirectVolume');
    await mtc.run(['-n', NAMESPACE, 'patch', 'migmigration', name, '--type=merge', '-p', '{"spec":{"canceled":true}}']);
    const migration = await over(scene, name);
    expect(conditionOf(migration, 'Canceled'), JSON.stringify(migration.status)).toBeDefined();
    return migration;
  }
  finished(await refuse(scene, way, outcome, name));
  await start();
  const migration = await over(scene, name);
  expect(conditionOf(migration, 'Failed')?.message, JSON.stringify(migration.status)).toContain('a test refuses this');
  return migration;
}

async function rollBack(scene: Scene): Promise<Migration> {
  const name = `${scene.namespace}-back`;
  await startMigration(scene.system.mtc, name, scene.namespace, { rollback: true });
  const migration = await over(scene, name);
  expectSuccess(migration);
  return migration;
}

const over = (scene: Scene, name: string): Promise<Migration> => untilOver(scene.system, name, PATIENCE_SECONDS);

/** Until a step of the pipeline has begun. */
async function untilStep({ system }: Scene, name: string, step: string): Promise<void> {
  const read = () => system.mtc.find<Migration>('migmigration', name, '-n', NAMESPACE);
  await until(
    `migration ${name} is in ${step}`,
    async () => (await read())?.status?.pipeline?.find((entry) => entry.name === step)?.started,
    { seconds: 60, describe: async () => JSON.stringify((await read())?.status) },
  );
}

async function replicasOf(scene: Scene, cluster: System['source']): Promise<Replicas> {
  const replicas = await scene.replicas(cluster);
  // What a run had restored and gave up again stands at 0 or is gone: either way nothing runs.
  const nothingRuns = Object.values(replicas).every((count) => count === 0);
  return nothingRuns && cluster === scene.system.target ? undefined : replicas;
}

interface Seen {
  /** Spec, labels and annotations of the source's workloads as canonical JSON, by name. */
  workloads: Record<string, string>;
  source: Map<string, string>;
  target: Map<string, string>;
}

async function look(system: System, scene: Scene): Promise<Seen> {
  const { items } = await system.source.get<{ items: KubeObject[] }>('deployments', '-n', scene.namespace);
  const [source, target] = await Promise.all(
    (['source', 'target'] as const).map((side) => snapshot(system, side, [scene.namespace])),
  );
  const workloads = items.map(({ metadata: { name, labels, annotations = {} }, spec }) => {
    // The controller's own counter of template changes.
    const { 'deployment.kubernetes.io/revision': _, ...own } = annotations;
    return [name, canonicalize({ labels, annotations: own, spec }) ?? ''];
  });
  return { workloads: Object.fromEntries(workloads), source: settled(source), target: settled(target) };
}

/** What comes and goes with other tests: the provisioner's pods, and policies made to refuse something. */
const OTHERS = /^(Pod local-path-storage\/|ValidatingAdmissionPolicy(Binding)? )/;

const settled = (seen = new Map<string, string>()): Map<string, string> =>
  new Map([...seen].filter(([key]) => !OTHERS.test(key)));

/**
 * After a rollback nothing of the plan's runs is on either side but what is kept on purpose.
 *
 * @param marks what the names of its objects carry in the namespace that all migrations share
 */
async function expectClean(before: Seen, after: Seen, marks: string[]): Promise<void> {
  const kept = await readKept();
  const isOthers = (object: string): boolean =>
    object.includes(` ${NAMESPACE}/`) && !marks.some((mark) => object.includes(mark));
  for (const side of ['source', 'target'] as const) {
    const left = cameIn(before[side], after[side]).filter((object) => !kept(side, object) && !isOthers(object));
    expect(left, side).toEqual([]);
  }
}
