import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, startMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { refuseRequests } from '../../kit/cluster/admission-policy.js';
import { claim, deployment } from '../../kit/fakes/workload-objects.js';
import { conditionOf, limitBandwidth, untilOver } from '../../kit/system/mid-run.js';
import { Scene } from '../../kit/system/scene.js';
import { SharedSystem } from '../../kit/system/shared-system.js';

const PATH = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}`;
const UP = { store: 1, web: 2 };
const DOWN = { store: 0, web: 0 };

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
  await limitBandwidth(system, 4_096);
});

afterAll(() => system?.stop());

const application = (): KubeObject[] => [
  claim('data'),
  deployment('store', {
    claim: 'data',
    first: '[ -e /data/file ] || dd if=/dev/urandom of=/data/file bs=1M count=4 2>/dev/null',
  }),
  deployment('web', { replicas: 2 }),
];

const over = (name: string): Promise<Migration> => untilOver(system, name, 180);

const run = async (scene: Scene, name: string, spec: Record<string, unknown>): Promise<Migration> => {
  await startMigration(system.mtc, `${scene.namespace}-${name}`, scene.namespace, spec);
  return over(`${scene.namespace}-${name}`);
};

const annotate = (scene: Scene, name: string, annotation: string): Promise<string> =>
  system.mtc.run(['-n', NAMESPACE, 'annotate', 'migmigration', `${scene.namespace}-${name}`, annotation]);

/** Refuses Restores of the migrations of a scene on the target, until it is told to let them through. */
const refuseRestores = (scene: Scene): Promise<() => Promise<void>> =>
  refuseRequests(system.target, {
    name: `restores-${scene.namespace}`,
    namespace: NAMESPACE,
    rule: { apiGroups: ['velero.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['restores'] },
    when: [`object.metadata.name.startsWith("${scene.namespace}")`],
    message: 'no restores today',
  });

describe.concurrent('migrations of one plan after another', () => {
  it('stop at a cutover until it is rolled back, and then start again', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'sequence', application());
    onTestFinished(() => scene.remove());
    await scene.plan();
    expectSuccess(await run(scene, 'stage', { stage: true }));
    expectSuccess(await run(scene, 'first', { quiescePods: true }));

    for (const [name, spec] of [
      ['late-stage', { stage: true }],
      ['second', { quiescePods: true }],
    ] as const) {
      const refused = await run(scene, name, spec);
      expect(conditionOf(refused, 'Failed')?.message).toContain('HasFinalMigration');
    }
    expect(await scene.replicas(system.source)).toEqual(DOWN);
    expect(await scene.replicas(system.target)).toEqual(UP);

    expectSuccess(await run(scene, 'back', { rollback: true }));
    expect(await scene.replicas(system.source)).toEqual(UP);
    expect(await scene.replicas(system.target)).toEqual({});

    expectSuccess(await run(scene, 'again', { quiescePods: true }));
    expect(await scene.replicas(system.source)).toEqual(DOWN);
    expect(await scene.replicas(system.target)).toEqual(UP);
  });

  it('keep the choices of the plan after a failure', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'choices', application());
    onTestFinished(() => scene.remove());
    const { spec } = await system.source.get<KubeObject>('persistentvolumeclaim', 'data', '-n', scene.namespace);
    await scene.plan({ persistentVolumes: [{ name: spec.volumeName, selection: { storageClass: 'local-path-2' } }] });
    const allow = await refuseRestores(scene);
    onTestFinished(allow);
    const failed = await run(scene, 'fails', { quiescePods: true });
    expect(conditionOf(failed, 'Failed')?.message).toContain('no restores today');
    const plan = await system.mtc.get<KubeObject>('migplan', scene.namespace, '-n', NAMESPACE);
    expect(plan.spec.persistentVolumes[0].selection.storageClass).toBe('local-path-2');

    await allow();
    await annotate(scene, 'fails', 'migration.openshift.io/retry=now');
    const retried = await until(
      'the retry has ended well',
      async () => {
        const migration = await over(`${scene.namespace}-fails`);
        return conditionOf(migration, 'Succeeded') || conditionOf(migration, 'SucceededWithWarnings')
          ? migration
          : undefined;
      },
      { seconds: 120 },
    );
    expect(retried.metadata.uid).toBe(failed.metadata.uid);
    const moved = await system.target.get<KubeObject>('persistentvolumeclaim', 'data', '-n', scene.namespace);
    expect(moved.spec.storageClassName).toBe('local-path-2');
    expect(await scene.replicas(system.source)).toEqual(DOWN);
    expect(await scene.replicas(system.target)).toEqual(UP);
  });
});

describe.concurrent('a rollback in mid-run', () => {
  it('cancels what runs and takes it back', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'midway', application());
    onTestFinished(() => scene.remove());
    await scene.plan();
    await startMigration(system.mtc, `${scene.namespace}-cutover`, scene.namespace, { quiescePods: true });
    await until(
      'the source is halted',
      async () => ((await scene.replicas(system.source)).web === 0 ? true : undefined),
      {
        seconds: 60,
      },
    );
    expectSuccess(await run(scene, 'back', { rollback: true }));
    const cutover = await over(`${scene.namespace}-cutover`);
    expect(conditionOf(cutover, 'Canceled') ?? conditionOf(cutover, 'CancelIgnored')).toBeDefined();
    expect(await scene.replicas(system.source)).toEqual(UP);
    expect(await scene.replicas(system.target)).toEqual({});
  });
});

describe.concurrent('a plan that pauses on failure', () => {
  it('keeps the source halted, shows the downtime, and continues when it is told', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'pause', application());
    onTestFinished(() => scene.remove());
    await scene.plan({ onFailure: 'Pause' });
    const allow = await refuseRestores(scene);
    onTestFinished(allow);
    const name = `${scene.namespace}-cutover`;
    await startMigration(system.mtc, name, scene.namespace, { quiescePods: true });
    const read = () => system.mtc.get<Migration>('migmigration', name, '-n', NAMESPACE);
    const paused = await until('it pauses', async () => conditionOf(await read(), 'Paused'), { seconds: 120 });
    expect(paused.message).toMatch(/no restores today.*has been down since/);
    expect(await scene.replicas(system.source)).toEqual(DOWN);

    await allow();
    await system.mtc.run(['create', '--raw', `${PATH}/migmigrations/${name}/retry`, '-f', '-'], '{}');
    const migration = await over(name);
    expectSuccess(migration);
    expect(conditionOf(migration, 'Paused')).toBeUndefined();
    expect(await scene.replicas(system.target)).toEqual(UP);
    await expect(
      system.mtc.run(['create', '--raw', `${PATH}/migmigrations/${name}/retry`, '-f', '-'], '{}'),
    ).rejects.toThrow(/Succeeded|succeeded/);
  });
});
