import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { ModifierRule } from '../../resources/transforms/resource-modifiers.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { restoreModifiers } from './restore-modifiers.js';

const mapped = { namespaces: [{ source: 'shop', target: 'store' }] };
const object = (kind: string, name: string, namespace: string | undefined, body: object = {}): KubeObject => {
  const { metadata, ...rest } = body as Partial<KubeObject>;
  return { apiVersion: 'v1', kind, metadata: { name, namespace, ...metadata }, ...rest } as KubeObject;
};
const owned = { ownerReferences: [{ apiVersion: 'v1', kind: 'Owner', name: 'o', uid: 'u', controller: true }] };

async function rulesFor(
  record: RunRecord,
  source: KubeObject[],
  target: KubeObject[] = [],
): Promise<{ on: ModifierRule['conditions']; patch: unknown }[]> {
  const clusters = { source: new FakeCluster('source', ...source), target: new FakeCluster('target', ...target) };
  clusters.source.unserved = [];
  clusters.target.unserved = [];
  const modifiers = await restoreModifiers(
    refOf(record),
    record,
    'backup',
    clusters,
    Promise.resolve(),
    AbortSignal.timeout(5_000),
  );
  return modifiers.resourceModifierRules.map(({ conditions, mergePatches: [patch] }) => ({
    on: conditions,
    patch: JSON.parse(patch?.patchData ?? ''),
  }));
}

describe('rules for all objects', () => {
  it('labels everything with where it comes from', async () => {
    const [first] = await rulesFor(runRecord(), []);
    expect(first).toEqual({
      on: { groupResource: '**' },
      patch: {
        metadata: {
          labels: {
            [LABELS.migratedByPlan]: 'plan-uid',
            [LABELS.migratedByMigration]: 'migration-uid',
            [LABELS.migratedByBackup]: 'backup',
          },
        },
      },
    });
  });

  it('takes finalizers off whatever arrives: their controllers may not be on the target', async () => {
    expect(await rulesFor(runRecord({ quiescePods: false }), [])).toContainEqual({
      on: { groupResource: '**' },
      patch: { metadata: { finalizers: null } },
    });
  });

  it('lets workloads arrive halted only after a quiesce', async () => {
    const halts = { on: { groupResource: 'cronjobs.batch' }, patch: { spec: { suspend: true } } };
    expect(await rulesFor(runRecord(), [])).toContainEqual(halts);
    expect(await rulesFor(runRecord({ quiescePods: false }), [])).not.toContainEqual(halts);
  });

  it("has KEDA's objects arrive paused only after a quiesce, each with its owner's annotations saved", async () => {
    const replicas = 'autoscaling.keda.sh/paused-replicas';
    const keda = (kind: string, name: string, annotations?: Record<string, string>) =>
      object(kind, name, 'shop', {
        apiVersion: 'keda.sh/v1alpha1',
        metadata: { name, namespace: 'shop', annotations },
      });
    const scalers = [
      keda('ScaledObject', 'web'),
      keda('ScaledObject', 'own', { [replicas]: '2' }),
      keda('ScaledJob', 'import'),
    ];
    const ofKeda = async (record: RunRecord) =>
      (await rulesFor(record, scalers)).filter(({ on }) => on.groupResource.endsWith('.keda.sh'));
    const saved = ANNOTATIONS.beforePause;
    const rule = (type: string, name: string, annotations: object) => ({
      on: { groupResource: `${type}.keda.sh`, namespaces: ['shop'], resourceNameRegex: `^(${name})$` },
      patch: { metadata: { annotations } },
    });
    expect(await ofKeda(runRecord())).toEqual([
      rule('scaledobjects', 'web', { [replicas]: '0', [saved]: '{}' }),
      rule('scaledobjects', 'own', { [replicas]: '0', [saved]: `{"${replicas}":"2"}` }),
      rule('scaledjobs', 'import', { 'autoscaling.keda.sh/paused': 'true', [saved]: '{}' }),
    ]);
    expect(await ofKeda(runRecord({ quiescePods: false }))).toEqual([]);
  });

  it('clears addresses only the source cluster could give', async () => {
    const rules = await rulesFor(runRecord(), []);
    expect(rules).toContainEqual({
      on: { groupResource: 'services', matches: [{ path: '/spec/type', value: 'LoadBalancer' }] },
      patch: { spec: { externalIPs: null } },
    });
    expect(rules).toContainEqual({
      on: {
        groupResource: 'routes.route.openshift.io',
        matches: [{ path: '/metadata/annotations/openshift.io~1host.generated', value: '"true"' }],
      },
      patch: { spec: { host: null } },
    });
  });
});

describe('rules for single objects', () => {
  it('brings a ClusterRoleBinding for the accounts of the plan alone, whatever the namespaces are called', async () => {
    const web = { kind: 'ServiceAccount', name: 'web', namespace: 'shop' };
    const binding = (name: string, ...subjects: object[]) =>
      object('ClusterRoleBinding', name, undefined, { subjects });
    const foreign = [
      { kind: 'Group', name: 'system:authenticated' },
      { ...web, namespace: 'other' },
    ];
    const objects = [binding('mixed', web, ...foreign), binding('own', web), binding('far', ...foreign)];
    const of = async (record: RunRecord) =>
      (await rulesFor(record, objects))
        .filter(({ on }) => on.groupResource.startsWith('clusterrolebindings'))
        .map(({ on, patch }) => ({ name: on.resourceNameRegex, patch }));
    expect(await of(runRecord())).toEqual([{ name: '^(mixed)$', patch: { subjects: [web] } }]);
    const mappedTo = { subjects: [{ ...web, namespace: 'store' }] };
    expect(await of(runRecord(mapped))).toEqual([
      { name: '^(mixed)$', patch: mappedTo },
      { name: '^(own)$', patch: mappedTo },
    ]);
  });

  it('maps namespaces inside specs, in the namespaces that are migrated', async () => {
    const subjects = (namespace: string) => ({ subjects: [{ kind: 'ServiceAccount', name: 'web', namespace }] });
    const rules = await rulesFor(runRecord(mapped), [
      object('RoleBinding', 'web.admins', 'shop', subjects('shop')),
      object('RoleBinding', 'guests', 'shop', subjects('other')),
      object('RoleBinding', 'far', 'other', subjects('shop')),
      object('ClusterRoleBinding', 'web', undefined, subjects('shop')),
    ]);
    const patch = subjects('store');
    expect(rules.filter(({ on }) => on.groupResource.includes('rolebindings'))).toEqual([
      {
        on: { groupResource: 'clusterrolebindings.rbac.authorization.k8s.io', resourceNameRegex: '^(web)$' },
        patch,
      },
      {
        on: {
          groupResource: 'rolebindings.rbac.authorization.k8s.io',
          namespaces: ['shop'],
          resourceNameRegex: '^(web\\.admins)$',
        },
        patch,
      },
    ]);
  });

  it('gives up node ports another Service of the target has', async () => {
    const service = (nodePort: number) => ({ spec: { type: 'NodePort', ports: [{ port: 80, nodePort }] } });
    const rules = await rulesFor(
      runRecord(),
      [object('Service', 'web', 'shop', service(30080)), object('Service', 'api', 'shop', service(30081))],
      [object('Service', 'foreign', 'elsewhere', service(30080))],
    );
    expect(rules.filter(({ on }) => on.groupResource === 'services' && !on.matches)).toEqual([
      {
        on: { groupResource: 'services', namespaces: ['shop'], resourceNameRegex: '^(web)$' },
        patch: { spec: { ports: [{ port: 80 }] } },
      },
    ]);
  });
});

describe('service accounts on the target', () => {
  const ours = { metadata: { labels: { [LABELS.migratedByPlan]: 'plan-uid' } } };
  const emptied = async (target: KubeObject[]): Promise<unknown[]> =>
    (await rulesFor(runRecord(mapped), [], target)).filter(({ on }) => on.groupResource === 'serviceaccounts');

  it('are merged into by nothing when they were there before', async () => {
    expect(
      await emptied([
        object('Namespace', 'store', undefined),
        object('ServiceAccount', 'default', 'store'),
        object('ServiceAccount', 'web', 'store', ours),
      ]),
    ).toEqual([
      {
        on: { groupResource: 'serviceaccounts', namespaces: ['shop'], resourceNameRegex: '^(default)$' },
        patch: { metadata: { labels: null, annotations: null }, secrets: null, imagePullSecrets: null },
      },
    ]);
  });

  it('of a namespace that a run of the plan made are completed', async () => {
    expect(
      await emptied([object('Namespace', 'store', undefined, ours), object('ServiceAccount', 'default', 'store')]),
    ).toEqual([]);
  });
});

describe('what must not stay', () => {
  it('is marked on arrival where Velero cannot leave it out', async () => {
    const rules = await rulesFor(runRecord(), [
      object('Job', 'nightly-1', 'shop', { metadata: owned }),
      object('Job', 'import', 'shop'),
      object('ReplicaSet', 'web-5c8', 'shop', { metadata: owned }),
      object('Secret', 'token', 'shop', { type: 'kubernetes.io/service-account-token' }),
      object('Secret', 'certificate', 'shop', { type: 'kubernetes.io/tls' }),
    ]);
    const patch = {
      metadata: { labels: { [LABELS.helper]: 'migration-uid', [LABELS.helperRole]: 'stray' } },
    };
    expect(rules.filter(({ patch: marked }) => JSON.stringify(marked).includes(LABELS.helper))).toEqual([
      { on: { groupResource: 'secrets', namespaces: ['shop'], resourceNameRegex: '^(token)$' }, patch },
      { on: { groupResource: 'jobs.batch', namespaces: ['shop'], resourceNameRegex: '^(nightly-1)$' }, patch },
    ]);
  });
});
