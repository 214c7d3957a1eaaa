import { expect } from 'vitest';
import { expectSuccess, type Migration, startMigration } from '../../../lab/client/migrations.js';
import { shortUid } from '../../../resources/run/names.js';
import { readWrites } from '../cluster/audit-log.js';
import { helpersLeft } from '../cluster/helpers-left.js';
import { claim, deployment } from '../fakes/workload-objects.js';
import { untilOver } from './mid-run.js';
import { OneSideWatch } from './one-side-watch.js';
import { Scene } from './scene.js';
import type { System } from './system.js';

const ENDPOINT = /\/mtc-rsync-server-/;
/** Of a cutover: one while the application runs, one after it was halted. */
const PASSES = 2;

const MEGABYTES = 8;
/** On the target the data is there. */
const FILL = `[ -e /data/part-1 ] || for i in 1 2; do dd if=/dev/urandom of=/data/part-$i bs=1M count=${MEGABYTES / 2} 2>/dev/null; done`;
const CHECKSUMS = 'cd /data && find . -type f | sort | xargs sha256sum';

/** A small application with a volume that is cut over while something happens to the system, and what must hold whatever that is. */
export class WholeMigration {
  private readonly since = new Date();

  private constructor(
    readonly scene: Scene,
    private readonly watch: OneSideWatch,
    private readonly checksums: string,
  ) {}

  /** With a Ready plan when it resolves. */
  static async open(system: System, name: string): Promise<WholeMigration> {
    const scene = await Scene.open(system, name, [
      claim('data'),
      deployment('store', { claim: 'data', first: FILL }),
      deployment('web', { replicas: 2 }),
    ]);
    await scene.plan();
    const watch = await OneSideWatch.start(scene.namespace, 'app=store');
    return new WholeMigration(scene, watch, await checksumsOf(scene, 'source'));
  }

  /** Starts the cutover; the migration has the name of its plan. */
  start(): Promise<unknown> {
    const { system, namespace } = this.scene;
    return startMigration(system.mtc, namespace, namespace, { quiescePods: true });
  }

  /** Until it has ended, however it did. */
  over(seconds = 180): Promise<Migration> {
    return untilOver(this.scene.system, this.scene.namespace, seconds);
  }

  /** It succeeds, moves the application with its data to the target, starts and stops everything once, and leaves nothing behind. */
  async expectMovedOnce(seconds = 180): Promise<void> {
    const { scene, watch } = this;
    const { system } = scene;
    const migration = await this.over(seconds);
    expectSuccess(migration);
    expect(await scene.replicas(system.source)).toEqual({ store: 0, web: 0 });
    expect(await scene.replicas(system.target)).toEqual({ store: 1, web: 2 });
    expect(await checksumsOf(scene, 'target')).toBe(this.checksums);
    expect(watch.together).toEqual([]);
    expect(watch.ran).toEqual(['source', 'target']);
    expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
    expect(await this.doneMoreThanOnce(migration)).toEqual({});
  }

  async remove(): Promise<void> {
    this.watch.stop();
    await this.scene.remove();
  }

  /**
   * By the audit logs, of what our service account wrote: objects of the run that it created, and workloads that it changed, more than once;
   * of the endpoint of a copy, which is closed after each pass, more often than there are passes.
   */
  private async doneMoreThanOnce({ metadata }: Migration): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const side of ['source', 'target'] as const) {
      for (const { verb, resource, namespace, name, user } of await readWrites(side, this.since, '')) {
        const isMade = verb === 'create' && name.includes(shortUid(metadata.uid));
        const isScaled = verb === 'patch' && resource === 'deployments.apps' && namespace === this.scene.namespace;
        if (!user.endsWith(':migration-controller') || !(isMade || isScaled)) continue;
        const key = `${side} ${verb} ${resource} ${namespace}/${name}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
    return Object.fromEntries(
      Object.entries(counts).filter(([key, times]) => times > (ENDPOINT.test(key) ? PASSES : 1)),
    );
  }
}

async function checksumsOf({ system, namespace }: Scene, side: 'source' | 'target'): Promise<string> {
  await system[side].run(['-n', namespace, 'rollout', 'status', 'deployment/store', '--timeout=120s']);
  return system[side].run(['-n', namespace, 'exec', 'deployment/store', '--', 'sh', '-c', CHECKSUMS]);
}
