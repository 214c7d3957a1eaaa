import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Migration, NAMESPACE } from '../../lab/client/migrations.js';
import { refuseRequests } from '../kit/cluster/admission-policy.js';
import { helpersLeft } from '../kit/cluster/helpers-left.js';
import { claim, deployment } from '../kit/fakes/workload-objects.js';
import { conditionOf } from '../kit/system/mid-run.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';

const MESSAGE = 'no banners here';
const banner = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

let system: SharedSystem;
let scene: Scene;
let allow: (() => Promise<void>) | undefined;

beforeAll(async () => {
  system = await SharedSystem.attach();
  const objects = [claim('data'), deployment('web', { claim: 'data' }), banner('banner'), banner('settings')];
  scene = await Scene.open(system, 'partial', objects);
  await scene.plan();
  allow = await refuseRequests(system.target, {
    name: scene.namespace,
    namespace: scene.namespace,
    rule: { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
    when: ['object.metadata.name == "banner"', '!has(request.dryRun) || !request.dryRun'],
    message: MESSAGE,
  });
});

afterAll(async () => {
  await allow?.();
  await scene?.remove();
  await system?.stop();
});

describe('a cutover of which Velero cannot restore one object', () => {
  let migration: Migration;

  it('succeeds with a warning that says what Velero said', async () => {
    migration = await scene.migrate(`${scene.namespace}-cutover`, { quiescePods: true });
    expect(conditionOf(migration, 'SucceededWithWarnings'), JSON.stringify(migration.status)).toBeDefined();
    const warning = conditionOf(migration, 'VeleroFinalRestorePartiallyFailed');
    expect(warning).toMatchObject({ category: 'Warn', status: 'True' });
    expect(warning?.message).toMatch(/^Restore \S+ on cluster target has 1 errors?\./);
    expect(warning?.message).toContain('banner');
    expect(warning?.message).toContain(MESSAGE);
    expect(migration.status?.errors ?? []).toEqual([]);
  });

  it('has the application run on the target, with all but that object', async () => {
    expect(await scene.replicas(system.target)).toEqual({ web: 1 });
    expect(await scene.replicas(system.source)).toEqual({ web: 0 });
    const names = await system.target.run(['-n', scene.namespace, 'get', 'configmaps', '-o', 'name']);
    expect(names.split('\n').sort()).toEqual(['configmap/kube-root-ca.crt', 'configmap/settings']);
    expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
  });

  it("keeps all of Velero's messages in its log", async () => {
    const path = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/${migration.metadata.name}/log`;
    expect(await system.mtc.run(['get', '--raw', path])).toMatch(new RegExp(`error: .*banner.*${MESSAGE}`));
  });
});
