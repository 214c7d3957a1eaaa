import { expect } from 'vitest';
import { type Migration, NAMESPACE, startMigration } from '../../../../lab/client/migrations.js';
import { helpersLeft } from '../../cluster/helpers-left.js';
import { conditionOf } from '../../system/mid-run.js';
import { OneSideWatch } from '../../system/one-side-watch.js';
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
import { DOWN, expectedOf, halts, SPECS, UP, type Way } from './cases.js';

/** What a migration of each way goes through, and what it cannot be canceled in any more: its steps behind the commit point. */
const STEPS: Record<Way, { before: readonly string[]; either?: string; after: readonly string[] }> = {
  Stage: { before: ['Prepare', 'DirectVolume'], either: 'Cleanup', after: [] },
  Final: { before: ['Prepare', 'DirectVolume', 'StageBackup', 'Backup'], either: 'Restore', after: ['Cleanup'] },
  'Final without quiesce': { before: ['Prepare', 'DirectVolume', 'Backup'], after: ['Restore', 'Cleanup'] },
  'State stage': { before: ['Prepare', 'DirectVolume'], either: 'Cleanup', after: [] },
  'State cutover': { before: ['Prepare', 'DirectVolume', 'StageBackup'], after: ['Cleanup'] },
  Conversion: { before: ['Prepare', 'DirectVolume', 'StageBackup'], either: 'SwapPVCReferences', after: ['Cleanup'] },
  // The others are those of a Final.
  'Final with hooks': {
    before: ['PreBackupHooks', 'PostBackupHooks', 'PreRestoreHooks'],
    after: ['PostRestoreHooks', 'Verification'],
  },
};

type Stop = 'cancel' | 'rollback';
export interface StopCase {
  way: Way;
  step: string;
  stop: Stop;
}

/** Every step of every way, stopped in either manner. */
export const STOPS: readonly StopCase[] = Object.entries(STEPS).flatMap(([way, { before, either, after }]) =>
  [...before, ...(either ? [either] : []), ...after].flatMap((step) =>
    (['cancel', 'rollback'] as const).map((stop) => ({ way: way as Way, step, stop })),
  ),
);

/** The steps of a rollback, in each of which it is canceled once. */
export const ROLLBACK_STEPS = ['Prepare', 'CleanupHelpers', 'CleanupMigrated', 'CleanupUnquiesce'] as const;

type Finished = (undo: () => Promise<void>) => void;

/** Stops a migration in a step and sees that the application is in one place, as it was or as it should become. */
export async function stopIn(system: System, { way, step, stop }: StopCase, finished: Finished): Promise<void> {
  const scene = await openScene(system, way);
  finished(() => scene.remove());
  const before = await look(system, scene);
  const watch = await OneSideWatch.start(scene.namespace, 'app=store');
  finished(async () => watch.stop());
  const name = scene.namespace;
  await startMigration(system.mtc, name, name, SPECS[way]);
  await untilStep(scene, name, step);

  const runs: Migration[] = [];
  if (stop === 'cancel') await cancel(system, name);
  else runs.push(await rollBack(scene));
  const migration = await over(scene, name);
  runs.push(migration);

  const wasStopped = expectEnd(migration, way, step);
  const isBack = wasStopped || stop === 'rollback';
  const expected = isBack ? { source: UP, target: undefined } : expectedOf(way, 'success');
  expect(await replicasOf(scene, system.source)).toEqual(expected?.source);
  expect(await replicasOf(scene, system.target)).toEqual(expected?.target);
  for (const run of runs) expect(await helpersLeft(system, run.metadata.uid)).toEqual([]);
  const after = await look(system, scene);
  if (isBack) expect(after.workloads).toEqual(before.workloads);
  await expectInventory({ way, scene, runs, brought: stop === 'rollback' ? NOTHING : BROUGHT }, before, after);
  // Without quiesce both sides run by design.
  if (halts(way)) expect(watch.together).toEqual([]);
}

/** Cancels the rollback of a finished cutover in one of its steps: it ends with the application where it was, or on the source. */
export async function cancelRollbackIn(system: System, step: string, finished: Finished): Promise<void> {
  const scene = await openScene(system, 'Final');
  finished(() => scene.remove());
  const before = await look(system, scene);
  const watch = await OneSideWatch.start(scene.namespace, 'app=store');
  finished(async () => watch.stop());
  const name = scene.namespace;
  await startMigration(system.mtc, name, name, SPECS.Final);
  await over(scene, name);
  await startMigration(system.mtc, `${name}-back`, name, { rollback: true });
  await untilStep(scene, `${name}-back`, step);
  await cancel(system, `${name}-back`);
  const rollback = await over(scene, `${name}-back`);
  const [source, target] = await Promise.all([replicasOf(scene, system.source), replicasOf(scene, system.target)]);
  if (conditionOf(rollback, 'Canceled')) {
    expect(step).toMatch(/^(Prepare|CleanupHelpers)$/);
    expect({ source, target }).toEqual({ source: DOWN, target: UP });
  } else {
    expect({ source, target }).toEqual({ source: UP, target: undefined });
    expect((await look(system, scene)).workloads).toEqual(before.workloads);
  }
  expect(await helpersLeft(system, rollback.metadata.uid)).toEqual([]);
  expect(watch.together).toEqual([]);
}

async function cancel({ mtc }: System, name: string): Promise<void> {
  await mtc.run(['-n', NAMESPACE, 'patch', 'migmigration', name, '--type=merge', '-p', '{"spec":{"canceled":true}}']);
}

/** @returns whether the migration was stopped; one that was not has come to its end */
function expectEnd(migration: Migration, way: Way, step: string): boolean {
  const { before, after } = STEPS[way];
  const isCanceled = conditionOf(migration, 'Canceled') !== undefined;
  const isDone = (conditionOf(migration, 'Succeeded') ?? conditionOf(migration, 'SucceededWithWarnings')) !== undefined;
  const told = JSON.stringify(migration.status);
  expect([isCanceled, isDone].filter(Boolean), told).toHaveLength(1);
  if (before.includes(step)) expect(isCanceled, told).toBe(true);
  if (after.includes(step)) expect(isDone, told).toBe(true);
  // The migration may end with its Cleanup before it hears of the cancel.
  if (isDone && step !== 'Cleanup') expect(conditionOf(migration, 'CancelIgnored'), told).toBeDefined();
  return isCanceled;
}
