import { expect } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, startMigration } from '../../../../lab/client/migrations.js';
import { helpersLeft } from '../../cluster/helpers-left.js';
import { conditionOf } from '../../system/mid-run.js';
import { OneSideWatch } from '../../system/one-side-watch.js';
import type { Scene } from '../../system/scene.js';
import type { System } from '../../system/system.js';
import {
  BROUGHT,
  expectInventory,
  look,
  NOTHING,
  openScene,
  over,
  replicasOf,
  rollBack,
  untilStep,
} from './application.js';
import { expectedOf, halts, type Outcome, SPECS, type Way } from './cases.js';
import { refuse } from './refusals.js';

/** Plays one case from an application that runs to the outcome, and compares what is left of it with what must be. */
export async function play(system: System, way: Way, outcome: Outcome, finished: (undo: () => Promise<void>) => void) {
  const scene = await openScene(system, way);
  finished(() => scene.remove());
  const before = await look(system, scene);
  const watch = await OneSideWatch.start(scene.namespace, 'app=store');
  finished(async () => watch.stop());
  const runs = [await act(scene, way, outcome, finished)];
  if (outcome === 'rollback') runs.push(await rollBack(scene));

  const expected = expectedOf(way, outcome);
  expect(await replicasOf(scene, system.source)).toEqual(expected?.source);
  expect(await replicasOf(scene, system.target)).toEqual(expected?.target);
  for (const run of runs) expect(await helpersLeft(system, run.metadata.uid)).toEqual([]);
  const after = await look(system, scene);
  // Whatever happened, the source's workloads are as before wherever they are meant to run.
  if (mustBeAsBefore(way, outcome)) expect(after.workloads).toEqual(before.workloads);
  await expectInventory({ way, scene, runs, brought: outcome === 'rollback' ? NOTHING : BROUGHT }, before, after);
  // Without quiesce both sides run by design.
  if (halts(way)) expect(watch.together).toEqual([]);
}

const mustBeAsBefore = (way: Way, outcome: Outcome): boolean =>
  ['cancel', 'failure before the commit point', 'rollback'].includes(outcome) ||
  (outcome === 'success' && !halts(way)) ||
  way === 'Final without quiesce';

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
