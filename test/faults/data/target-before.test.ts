import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, startMigration, untilEnded } from '../../../lab/client/migrations.js';
import { readVolume } from '../../../lab/client/volume-reader.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { bucketKeys } from '../../kit/cluster/bucket.js';
import { type Kept, readKept } from '../../kit/cluster/kept.js';
import { cameIn, changedIn, snapshot } from '../../kit/cluster/snapshot.js';
import { claim, deployment, podTemplate } from '../../kit/fakes/workload-objects.js';
import { Scene } from '../../kit/system/scene.js';
import { SharedSystem } from '../../kit/system/shared-system.js';
import { fromEnvironment, type System } from '../../kit/system/system.js';

interface Seen {
  source: Map<string, string>;
  target: Map<string, string>;
  bucket: Set<string>;
}

let system: SharedSystem;
/** Of the two namespaces of the plan one is new to the target, the other has a namesake there in which others live. */
let fresh: Scene;
let shared: Scene;
let before: Seen;
let afterStage: Seen;
let afterCutover: Seen;
let kept: Kept;

const configMap = (name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

const service = (port: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port }] },
});

const account = (owner: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'app', labels: { owner }, annotations: { 'example.com/owner': owner } },
});

const application = (): KubeObject[] => [
  configMap('settings', { currency: 'EUR' }),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { key: 'not really secret' } },
  service(8080),
  account('shop'),
  claim('data'),
  deployment('store', { claim: 'data', first: '[ -e /data/file ] || head -c 100000 /dev/urandom >/data/file' }),
  deployment('web', { replicas: 2 }),
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { ...podTemplate('nightly').spec, restartPolicy: 'Never' } } } },
    },
  },
];

/** What lives in the namesake on the target: some of it under the names the application uses. */
const tenants = (): KubeObject[] => [
  configMap('settings', { currency: 'CHF' }),
  configMap('only-here', { kept: 'as it is' }),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { key: 'another one' } },
  service(9090),
  account('tenant'),
  claim('data'),
  claim('other'),
  deployment('tenant', { claim: 'other', first: 'echo theirs >/data/file' }),
  deployment('web'),
];

async function look(): Promise<Seen> {
  const namespaces = [fresh.namespace, shared.namespace];
  const [source, target, bucket] = await Promise.all([
    snapshot(system, 'source', namespaces),
    snapshot(system, 'target', namespaces),
    bucketKeys(),
  ]);
  return { source, target, bucket };
}

async function migrate(name: string, spec: Record<string, unknown>): Promise<Seen> {
  await startMigration(system.mtc, name, fresh.namespace, spec);
  expectSuccess(await untilEnded(system.mtc, name, { seconds: 180 }));
  return look();
}

const readFile = (cluster: System['source'], namespace: string): Promise<string> =>
  readVolume(
    cluster,
    { namespace, claim: 'data', image: fromEnvironment('SAMPLE_APP_IMAGE') },
    'cd /volume && find . -type f | sort | xargs sha256sum',
  );

beforeAll(async () => {
  system = await SharedSystem.attach();
  kept = await readKept();
  [fresh, shared] = (await Promise.all(['fresh', 'shared'].map((name) => Scene.open(system, name, application())))) as [
    Scene,
    Scene,
  ];
  const { target } = system;
  const { namespace } = shared;
  const metadata = { name: namespace, labels: { team: 'tenants' }, annotations: { 'example.com/note': 'ours' } };
  await target.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  await shared.put(target, tenants());
  // Binds the claim.
  await readFile(target, namespace);
  await system.plan(fresh.namespace, [fresh.namespace, namespace]);
  before = await look();
  afterStage = await migrate('stage', { stage: true });
  afterCutover = await migrate('cutover', { quiescePods: true });
});

afterAll(async () => {
  await Promise.all([fresh, shared].map((scene) => scene?.remove()));
  await system?.stop();
});

describe('a stage', () => {
  it('changes nothing on the source', () => {
    expect(changedIn(before.source, afterStage.source)).toEqual({});
    expect(cameIn(before.source, afterStage.source)).toEqual([]);
  });

  it('changes nothing that was on the target', () => {
    expect(changedIn(before.target, afterStage.target)).toEqual({});
  });
});

describe('a cutover', () => {
  it('changes nothing on the source but the scale of the workloads', () => {
    const workloads = [fresh, shared].flatMap(({ namespace }) => [
      `CronJob ${namespace}/nightly`,
      `Deployment ${namespace}/store`,
      `Deployment ${namespace}/web`,
    ]);
    expect(Object.keys(changedIn(before.source, afterCutover.source)).sort()).toEqual(workloads.sort());
  });

  it('changes nothing that was on the target: objects, claims and namespaces are equal byte by byte', () => {
    expect(changedIn(before.target, afterCutover.target)).toEqual({});
  });

  it('brings what was not there, and starts that alone', async () => {
    expect(await fresh.replicas(system.target)).toEqual({ store: 1, web: 2 });
    expect(await shared.replicas(system.target)).toEqual({ store: 1, tenant: 1, web: 1 });
    for (const { namespace } of [fresh, shared]) {
      expect(await readFile(system.target, namespace)).toBe(await readFile(system.source, namespace));
    }
  });
});

describe('a stage and a cutover', () => {
  const notKept = (place: 'source' | 'target' | 'bucket', objects: string[]): string[] =>
    objects.filter((object) => !kept(place, object));

  it('leave nothing behind but the application and what docs/kept.md lists', () => {
    const came = cameIn(before.target, afterCutover.target).filter((key) => !afterCutover.source.has(key));
    expect(notKept('target', came)).toEqual([]);
    expect(notKept('source', cameIn(before.source, afterCutover.source))).toEqual([]);
    expect(
      notKept(
        'bucket',
        [...afterCutover.bucket].filter((key) => !before.bucket.has(key)),
      ),
    ).toEqual([]);
  });
});
