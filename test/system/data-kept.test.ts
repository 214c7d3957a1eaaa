import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { expectSuccess, NAMESPACE, startMigration } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { claim, deployment } from '../kit/fakes/workload-objects.js';
import { conditionOf } from '../kit/system/mid-run.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';
import { fromEnvironment } from '../kit/system/system.js';

let system: SharedSystem;
beforeAll(async () => {
  system = await SharedSystem.attach();
});
afterAll(() => system?.stop());

const suffix = (): string => randomBytes(2).toString('hex');

/** A Deployment with a volume that holds a page. */
async function open(name: string, { onTestFinished }: TestContext): Promise<Scene> {
  const store = deployment('store', { claim: 'data', first: 'test -f /data/page || printf balance=100 >/data/page' });
  // Its touch sets times to the nanosecond.
  Object.assign(store.spec.template.spec.containers[0], {
    image: fromEnvironment('HOOK_RUNNER_IMAGE'),
    securityContext: { runAsUser: 0 },
  });
  const scene = await Scene.open(system, name, [claim('data'), store]);
  onTestFinished(() => scene.remove());
  return scene;
}
const inStore = (scene: Scene, side: 'source' | 'target', script: string): Promise<string> =>
  system[side].run(['-n', scene.namespace, 'exec', 'deployment/store', '--', 'sh', '-c', script]);
const put = (scene: Scene, text: string, fraction: string): Promise<string> =>
  inStore(scene, 'source', `printf ${text} >/data/page && touch -d '2026-01-01 00:00:05.${fraction}' /data/page`);

describe.concurrent('what the application wrote', () => {
  it('arrives also where a file was written twice within one second', async (context) => {
    const scene = await open('same-second', context);
    await put(scene, 'balance=100', '100000000');
    await scene.plan();
    expectSuccess(await scene.migrate(`stage-${suffix()}`, { stage: true }));
    await put(scene, 'balance=900', '900000000');
    expectSuccess(await scene.migrate(`cutover-${suffix()}`, { quiescePods: true }));
    await system.target.run(['-n', scene.namespace, 'rollout', 'status', 'deployment/store', '--timeout=120s']);
    expect(await inStore(scene, 'target', 'cat /data/page')).toBe('balance=900');
  });

  it('stays where its claim is being deleted: the plan is blocked, and nothing is halted', async (context) => {
    const scene = await open('being-deleted', context);
    await scene.plan();
    await system.source.run(['-n', scene.namespace, 'delete', 'pvc', 'data', '--wait=false']);
    await until(
      'the plan tells',
      async () => {
        const plan = await system.mtc.get<KubeObject>('migplan', scene.namespace, '-n', NAMESPACE);
        return conditionOf(plan as never, 'SourceBeingDeleted');
      },
      { seconds: 90 },
    );
    const migration = await scene.migrate(`cutover-${suffix()}`, { quiescePods: true });
    expect(conditionOf(migration, 'Failed')?.message).toContain('SourceBeingDeleted');
    expect(await scene.replicas(system.source)).toEqual({ store: 1 });
    expect(await inStore(scene, 'source', 'cat /data/page')).toBe('balance=100');
  });

  it('is not deleted by an empty volume that took the place of the one that was copied', async (context) => {
    const scene = await open('emptied', context);
    await scene.plan();
    expectSuccess(await scene.migrate(`stage-${suffix()}`, { stage: true }));
    await inStore(scene, 'source', 'rm /data/page');
    const name = `cutover-${suffix()}`;
    await startMigration(system.mtc, name, scene.namespace, { quiescePods: true });
    const migration = await scene.ended(name);
    expect(conditionOf(migration, 'Failed')?.message).toMatch(/source volume of .* is empty/);
    expect(await scene.replicas(system.source)).toEqual({ store: 1 });
  });
});
