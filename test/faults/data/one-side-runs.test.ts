import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerFollower } from '../../../lab/client/ledger.js';
import { expectSuccess, type Migration, NAMESPACE } from '../../../lab/client/migrations.js';
import { readVolume } from '../../../lab/client/volume-reader.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { refuseRequests } from '../../kit/cluster/admission-policy.js';
import { claim, deployment } from '../../kit/fakes/workload-objects.js';
import { conditionOf } from '../../kit/system/mid-run.js';
import { OneSideWatch } from '../../kit/system/one-side-watch.js';
import { Scene } from '../../kit/system/scene.js';
import { SharedSystem } from '../../kit/system/shared-system.js';
import { fromEnvironment } from '../../kit/system/system.js';

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
  await system.set({ start_patience_seconds: 20 });
});

afterAll(() => system?.stop());

const SCALE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] };
const MAKE_PODS = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

describe.concurrent('a target volume that gets full in the last pass', () => {
  it('is named with its sizes within a minute, and the source runs again', async ({ onTestFinished }) => {
    const late = '[ -e /data/late ] || dd if=/dev/urandom of=/data/late bs=1M count=230 2>/dev/null';
    const scene = await Scene.open(system, 'full', [claim('data'), deployment('store', { claim: 'data', last: late })]);
    onTestFinished(() => scene.remove());
    const { spec } = await system.source.get<KubeObject>(...['persistentvolumeclaim', 'data', '-n', scene.namespace]);
    const storageClass = process.env.SMALL_STORAGE_CLASS ?? 'small';
    await scene.plan({ persistentVolumes: [{ name: spec.volumeName, selection: { storageClass } }] });

    const migration = await scene.migrate('full', { quiescePods: true });
    const message = conditionOf(migration, 'Failed')?.message;
    expect(message).toMatch(/Volume \S+\/data → \S+\/data is full/);
    expect(message).toMatch(/PersistentVolumeClaim fld-full-\w+\/data/);
    expect(message).toMatch(
      /source holds 230 MiB; \d+(\.\d+)? MiB of them are still to come, and .* are free.*No space left/,
    );
    expect(message).toContain('started again with its former replicas');
    const halted = migration.status?.pipeline?.find(({ name }) => name === 'StageBackup')?.completed ?? '';
    const ended = migration.status?.completionTimestamp ?? '';
    expect(Date.parse(ended) - Date.parse(halted)).toBeLessThan(60_000);
    expect(await scene.replicas(system.source)).toEqual({ store: 1 });
    expect(await scene.replicas(system.target)).toEqual({});
  });
});

describe.concurrent('a target whose quota is too small for the application', () => {
  it('is found before anything is halted; the plan has warned of it', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'quota', [deployment('web', { replicas: 2 })]);
    onTestFinished(() => scene.remove());
    await system.target.run(['create', 'namespace', scene.namespace]);
    await system.target.run(['-n', scene.namespace, 'create', 'quota', 'few', '--hard=pods=1']);
    await scene.plan();
    const plan = await system.mtc.get<Migration>('migplan', scene.namespace, '-n', NAMESPACE);
    expect(conditionOf(plan, 'TargetComputeQuotaExceeded')).toMatchObject({
      category: 'Warn',
      items: [expect.stringMatching(/few: pods allows 1, 0 is used, 2 more is needed/)],
    });
    const before = await system.source.get<KubeObject>('deployment', 'web', '-n', scene.namespace);
    const migration = await scene.migrate('quota', { quiescePods: true });
    const message = conditionOf(migration, 'Failed')?.message;
    expect(message).toContain('The target would refuse what the migration brings, so nothing was halted');
    expect(message).toContain('The source application was not touched and runs as before.');
    const after = await system.source.get<KubeObject>('deployment', 'web', '-n', scene.namespace);
    expect(after.metadata.generation).toBe(before.metadata.generation);
    expect(await scene.replicas(system.target)).toEqual({});
  });
});

describe.concurrent('a target that does not let the application start', () => {
  it('has it at 0 again, and the source runs', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'refused', [deployment('web', { replicas: 2 }), deployment('picky')]);
    onTestFinished(() => scene.remove());
    const allow = await refuseRequests(system.target, {
      name: scene.namespace,
      namespace: scene.namespace,
      rule: SCALE,
      when: ['object.metadata.name == "picky"', 'object.spec.replicas > 0'],
      message: 'picky may not run here',
    });
    onTestFinished(allow);
    await scene.plan();
    const migration = await scene.migrate('refused', { quiescePods: true });
    const message = conditionOf(migration, 'Failed')?.message;
    expect(message).toContain('picky may not run here');
    expect(message).toContain('The source application was started again with its former replicas');
    expect(await scene.replicas(system.source)).toEqual({ picky: 1, web: 2 });
    expect(await scene.replicas(system.target)).toEqual({ picky: 0, web: 0 });
    expect(await scene.pods(system.target)).toEqual([]);

    await allow();
    expectSuccess(await scene.migrate('refused-again', { quiescePods: true }));
    expect(await scene.replicas(system.source)).toEqual({ picky: 0, web: 0 });
    expect(await scene.replicas(system.target)).toEqual({ picky: 1, web: 2 });
  });
});

describe.concurrent('a target that refuses what the copy needs', () => {
  /** Runs to its failure a migration of an application that must not notice it; resolves to what the operator reads. */
  async function refused(scene: Scene): Promise<string | undefined> {
    const generation = async (): Promise<number | undefined> =>
      (await system.source.get<KubeObject>('deployment', 'store', '-n', scene.namespace)).metadata.generation;
    const before = await generation();
    const migration = await scene.migrate(scene.namespace, { quiescePods: true });
    expect(await generation()).toBe(before);
    expect(await scene.replicas(system.source)).toEqual({ store: 1 });
    expect(await scene.replicas(system.target)).toEqual({});
    return conditionOf(migration, 'Failed')?.message;
  }

  it('by a quota leaves the source running all the time', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'quota', [claim('data'), deployment('store', { claim: 'data' })]);
    onTestFinished(() => scene.remove());
    await system.target.run(['create', 'namespace', scene.namespace]);
    await scene.plan();
    const hard = { persistentvolumeclaims: '0' };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-claims' }, spec: { hard } };
    await scene.put(system.target, [quota]);
    expect(await refused(scene)).toMatch(/TargetQuotaExceeded.*no-claims.*The source application was not touched/);
  });

  it('by a policy leaves the source running all the time', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'policy', [claim('data'), deployment('store', { claim: 'data' })]);
    onTestFinished(() => scene.remove());
    const allow = await refuseRequests(system.target, {
      name: scene.namespace,
      namespace: scene.namespace,
      rule: MAKE_PODS,
      when: ['true'],
      message: 'no pods here',
    });
    onTestFinished(allow);
    await scene.plan();
    expect(await refused(scene)).toMatch(/no pods here.*The source application was not touched/);
  });
});

describe.concurrent('a failure after the target has begun to start', () => {
  it('leaves the target up and the source down, and says so', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'half', [deployment('web', { replicas: 2 }), deployment('picky')]);
    onTestFinished(() => scene.remove());
    const allow = await refuseRequests(system.target, {
      name: scene.namespace,
      namespace: scene.namespace,
      rule: SCALE,
      // Like a webhook that fails when it is asked in earnest.
      when: ['object.metadata.name == "picky"', 'object.spec.replicas > 0', '!has(request.dryRun) || !request.dryRun'],
      message: 'picky may not run here',
    });
    onTestFinished(allow);
    await scene.plan();
    const migration = await scene.migrate('half', { quiescePods: true });
    const message = conditionOf(migration, 'Failed')?.message;
    expect(message).toContain('picky may not run here');
    expect(message).toContain('the application runs on the target and the source stays down');
    expect(await scene.replicas(system.source)).toEqual({ picky: 0, web: 0 });
    expect(await scene.pods(system.source)).toEqual([]);
    expect(await scene.replicas(system.target)).toEqual({ picky: 0, web: 2 });
  });

  it('is told of pods that do not get ready', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'ill', [deployment('web'), deployment('picky')]);
    onTestFinished(() => scene.remove());
    const allow = await refuseRequests(system.target, {
      name: scene.namespace,
      namespace: scene.namespace,
      rule: MAKE_PODS,
      // Only in earnest: else the rehearsal would find it before anything is halted.
      when: [
        'has(object.metadata.labels) && "app" in object.metadata.labels && object.metadata.labels.app == "picky"',
        '!has(request.dryRun) || !request.dryRun',
      ],
      message: 'no pods of picky here',
    });
    onTestFinished(allow);
    await scene.plan();
    const migration = await scene.migrate('ill', { quiescePods: true });
    expect(conditionOf(migration, 'SucceededWithWarnings')).toBeDefined();
    expect(conditionOf(migration, 'UnhealthyNamespaces')?.message).toMatch(/picky.*no pods of picky here/);
    expect(await scene.replicas(system.source)).toEqual({ picky: 0, web: 0 });
    expect(await scene.replicas(system.target)).toEqual({ picky: 1, web: 1 });
    expect(await scene.pods(system.target)).toEqual([expect.stringMatching(/^web-/)]);
  });
});

/** Writes numbered rows for ever, each on disk before it is acknowledged. */
const ledger = (): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'ledger' },
  spec: {
    serviceName: 'ledger',
    selector: { matchLabels: { app: 'ledger' } },
    template: {
      metadata: { labels: { app: 'ledger' } },
      spec: {
        containers: [
          {
            name: 'writer',
            image: fromEnvironment('SAMPLE_APP_IMAGE'),
            command: ['ledger-writer', '/data/ledger'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    },
  },
});

describe.concurrent('a writer that never stops', () => {
  it('loses no acknowledged row in two stages and the cutover, and never runs twice', async ({ onTestFinished }) => {
    const { source, target, kubectl } = system;
    const scene = await Scene.open(system, 'ledger', [claim('data'), ledger()]);
    onTestFinished(() => scene.remove());
    await scene.plan();
    const { namespace } = scene;
    const follower = new LedgerFollower(kubectl, source.kubeconfig, { namespace, name: 'ledger-0' });
    follower.start();
    onTestFinished(() => follower.stop());
    const watch = await OneSideWatch.start(namespace, 'app=ledger');
    onTestFinished(() => watch.stop());
    for (const stage of ['ledger-stage-1', 'ledger-stage-2']) {
      expectSuccess(await scene.migrate(stage, { stage: true }));
      const { acknowledged } = follower;
      await expect.poll(() => follower.acknowledged, { timeout: 30_000 }).toBeGreaterThan(acknowledged);
    }
    expectSuccess(await scene.migrate('ledger-cutover', { quiescePods: true }));
    await target.run(['-n', namespace, 'rollout', 'status', 'statefulset/ledger', '--timeout=60s']);

    const acknowledged = follower.acknowledged;
    const image = fromEnvironment('SAMPLE_APP_IMAGE');
    const before = await readVolume(source, { namespace, claim: 'data', image }, 'cat /volume/ledger');
    const after = await target.run(['-n', namespace, 'exec', 'ledger-0', '--', 'cat', '/data/ledger']);
    const rows = before.split('\n').length;
    expect(acknowledged).toBeGreaterThan(0);
    expect(rows).toBeGreaterThanOrEqual(acknowledged);
    expect(after.split('\n').length).toBeGreaterThan(rows);
    expect(after.startsWith(`${before}\n`)).toBe(true);
    expect(after.split('\n').findIndex((row, index) => Number(row.split(' ')[0]) !== index + 1)).toBe(-1);
    expect(watch.ran).toEqual(['source', 'target']);
    expect(watch.together).toEqual([]);
  });
});
