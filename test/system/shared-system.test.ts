import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE, readMigration, startMigration } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { deployment } from '../kit/fakes/workload-objects.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';

/** Which nothing else in this tier reads. */
const SETTING = 'mig_namespace_limit';

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
});

afterAll(() => system?.stop());

describe('a file that leaves a migration under way', () => {
  it('is told so, and what comes after it finds it canceled, the plan closed and the settings as before', async ({
    onTestFinished,
  }) => {
    const settings = () => system.mtc.get<KubeObject>('migrationcontroller', 'migration-controller', '-n', NAMESPACE);
    const before = (await settings()).spec;
    const careless = await SharedSystem.attach();
    const scene = await Scene.open(careless, 'careless', [deployment('slow', { last: 'sleep 40' })]);
    onTestFinished(() => scene.remove());
    await careless.set({ [SETTING]: 77 });
    expect((await settings()).spec[SETTING]).toBe(77);
    await scene.plan();
    const name = scene.namespace;
    await startMigration(system.mtc, name, name, { quiescePods: true });
    await until(
      'the source is halted',
      async () => ((await scene.replicas(system.source)).slow === 0 ? true : undefined),
      { seconds: 60, describe: async () => JSON.stringify((await readMigration(system.mtc, name))?.status) },
    );

    // This file did not make that plan.
    await system.expectNothingLeft();
    await expect(careless.stop()).rejects.toThrow(`${NAMESPACE}/${name} is not over`);
    expect(await readMigration(system.mtc, name)).toBeUndefined();
    expect(await scene.replicas(system.source)).toEqual({ slow: 1 });
    expect((await system.mtc.get<KubeObject>('migplan', name, '-n', NAMESPACE)).spec.closed).toBe(true);
    expect((await settings()).spec).toEqual(before);
  });
});
