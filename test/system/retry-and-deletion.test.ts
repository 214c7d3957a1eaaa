import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { refuseRequests } from '../kit/cluster/admission-policy.js';
import { bucketKeys } from '../kit/cluster/bucket.js';
import { helpersLeft } from '../kit/cluster/helpers-left.js';
import { claim, deployment } from '../kit/fakes/workload-objects.js';
import { conditionOf } from '../kit/system/mid-run.js';
import { OwnSystem } from '../kit/system/own-system.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';

const API = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}`;
const SCALE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] };

let system: SharedSystem;
let scene: Scene;
let name: string;

beforeAll(async () => {
  system = await SharedSystem.attach();
  name = `cutover-${randomBytes(2).toString('hex')}`;
  scene = await Scene.open(system, 'retry', [claim('data'), deployment('web', { claim: 'data' })]);
  await scene.plan();
});

afterAll(async () => {
  await scene?.remove();
  await system?.stop();
});

const readPlan = () => system.mtc.find<KubeObject>('migplan', scene.namespace, '-n', NAMESPACE);
const annotate = (kind: string, object: string, annotation: string) =>
  system.mtc.run(['-n', NAMESPACE, 'annotate', kind, object, `migration.openshift.io/${annotation}=now`]);

/** Velero's objects of the plan's migrations on both clusters. */
async function veleroObjects(planUid: string): Promise<string[]> {
  const args = ['-n', NAMESPACE, 'get', 'backups.velero.io,restores.velero.io,deletebackuprequests.velero.io'];
  const selector = ['-l', `${LABELS.migratedByPlan}=${planUid}`, '-o', 'name', '--ignore-not-found'];
  const lists = await Promise.all([system.source, system.target].map((cluster) => cluster.run([...args, ...selector])));
  return lists.flatMap((list) => list.split('\n')).filter((line) => line !== '');
}

describe('a cutover that its target refuses', () => {
  let failed: Migration;

  it('fails with the source running, and is carried through by a retry once the cause is fixed', async () => {
    const allow = await refuseRequests(system.target, {
      name: scene.namespace,
      namespace: scene.namespace,
      rule: SCALE,
      when: ['object.spec.replicas > 0'],
      message: 'nothing may run here',
    });
    try {
      failed = await scene.migrate(name, { quiescePods: true });
      expect(conditionOf(failed, 'Failed')?.message).toContain('nothing may run here');
      expect(await scene.replicas(system.source)).toEqual({ web: 1 });
    } finally {
      await allow();
    }
    await annotate('migmigration', name, 'retry');
    expectSuccess(await scene.ended(name));
    expect(await scene.replicas(system.source)).toEqual({ web: 0 });
    expect(await scene.replicas(system.target)).toEqual({ web: 1 });
    expect(await helpersLeft(system, failed.metadata.uid)).toEqual([]);
  });

  it('tells both attempts, and what each of them made', async () => {
    const report = JSON.parse(await system.mtc.run(['get', '--raw', `${API}/migmigrations/${name}/report`]));
    expect(report.attempts).toMatchObject([
      { attempt: 1, state: 'Failed', errors: failed.status?.errors },
      { attempt: 2, state: 'Succeeded', errors: [] },
    ]);
    const tree = JSON.parse(await system.mtc.run(['get', '--raw', `${API}/migmigrations/${name}/tree`]));
    expect(tree).toMatchObject({ kind: 'MigPlan', children: [{ kind: 'MigMigration' }] });
    const attempts: { children: { kind: string; name: string; clusterType: string; objectLink?: string }[] }[] =
      tree.children[0].children;
    expect(attempts).toHaveLength(2);
    for (const { children } of attempts) {
      for (const kind of ['Backup', 'Restore']) {
        const found = children.find((child) => child.kind === kind);
        const cluster = found?.clusterType === 'source' ? system.source : system.target;
        expect(await cluster.run(['get', '--raw', found?.objectLink ?? kind]), kind).toContain(found?.name);
      }
    }
  });
});

describe('a sweep', () => {
  it('removes what is left of an ended run', async () => {
    const { metadata } = await system.mtc.get<KubeObject>('migmigration', name, '-n', NAMESPACE);
    for (const cluster of [system.source, system.target]) {
      const labels = { [LABELS.helper]: metadata.uid };
      const left = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'left', namespace: scene.namespace, labels },
      };
      await cluster.apply(JSON.stringify(left));
    }
    // As at the end of each test, which these would fail.
    const configMap = `ConfigMap ${scene.namespace}/left of ${NAMESPACE}/${name}`;
    await expect(system.expectNothingLeft()).rejects.toThrow(`source ${configMap}\ntarget ${configMap}`);
    await annotate('migplan', scene.namespace, 'sweep');
    const plan = await until(
      'the sweep is made',
      async () => {
        const found = await readPlan();
        return found?.status?.lastSweep ? found : undefined;
      },
      { seconds: 60 },
    );
    expect(plan.status.lastSweep).toMatchObject({ removed: 2, request: 1 });
    expect(await helpersLeft(system, metadata.uid ?? '')).toEqual([]);
    const described = await system.mtc.run(['-n', NAMESPACE, 'describe', 'migplan', scene.namespace]);
    expect(described).toContain('2 objects that ended migrations left were removed.');
  });
});

describe('a deleted plan', () => {
  it('takes its migrations, their Backups and Restores and what the bucket holds of them along', async () => {
    const plan = await readPlan();
    const uid = plan?.metadata.uid ?? '';
    const before = await veleroObjects(uid);
    // Of each attempt a Backup on both sides and a Restore.
    expect(before).toHaveLength(6);
    const names = before.map((object) => object.split('/')[1] ?? '');
    const ours = async () => [...(await bucketKeys())].filter((key) => names.some((one) => key.includes(`/${one}/`)));
    expect((await ours()).length).toBeGreaterThan(0);

    await system.mtc.run(['-n', NAMESPACE, 'delete', 'migplan', scene.namespace, '--timeout=150s']);
    expect(await system.mtc.find('migmigration', name, '-n', NAMESPACE)).toBeUndefined();
    expect(await veleroObjects(uid)).toEqual([]);
    await until('the bucket is empty', async () => ((await ours()).length === 0 ? true : undefined), { seconds: 30 });
    // The application stays where it runs.
    expect(await scene.replicas(system.target)).toEqual({ web: 1 });
  });

  it('does not wait for ever for a cluster that is gone, and tells what stays there', async ({ onTestFinished }) => {
    // Of its own: nothing else shall lose a cluster, or patience.
    const own = await OwnSystem.start();
    const { mtc } = own;
    await own.set({ cleanup_patience_seconds: 5 });
    const other = await Scene.open(own, 'gone', [deployment('web')]);
    onTestFinished(async () => {
      await other.remove();
      await own.stop();
    });
    await other.plan();
    expectSuccess(await other.migrate(`stage-${name}`, { stage: true }));
    const elsewhere = '{"spec":{"url":"https://127.0.0.1:1"}}';
    await mtc.run(['-n', NAMESPACE, 'patch', 'migcluster/source', '--type=merge', '-p', elsewhere]);
    await mtc.run(['-n', NAMESPACE, 'delete', 'migplan', other.namespace, '--timeout=90s']);
    const { items } = await mtc.get<{ items: KubeObject[] }>('events', '-n', NAMESPACE);
    const told = items.find(
      ({ reason, involvedObject }) => reason === 'LeftBehind' && involvedObject.name === other.namespace,
    );
    expect(told?.message).toContain('Cluster source: ');
  });
});
