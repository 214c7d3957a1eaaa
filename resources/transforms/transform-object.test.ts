import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import type { RunVolume } from '../run/run-record.js';
import { kindsToTransform, type TransformContext, transformObject } from './transform-object.js';

const volume = (claim: string, storageClass: string, renamed = claim): RunVolume => ({
  id: `shop/${claim}`,
  key: '0',
  persistentVolume: 'pv',
  source: { namespace: 'shop', claim },
  target: {
    namespace: 'shop',
    claim: renamed,
    storageClass,
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    size: '1Gi',
  },
  verify: false,
  mover: { name: 'rsync' },
  allowOverwrite: false,
});

const context = (overrides: Partial<TransformContext> = {}): TransformContext => ({
  sourceNamespaces: ['shop'],
  namespaces: new Map(),
  halts: false,
  volumes: [],
  takenNodePorts: new Set(),
  ...overrides,
});

const object = (kind: string, name: string, body: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  ...body,
});

const statefulSet = (...classes: (string | undefined)[]) => ({
  spec: {
    volumeClaimTemplates: classes.map((storageClassName, index) => ({
      metadata: { name: `data${index}` },
      spec: { accessModes: ['ReadWriteOnce'], ...(storageClassName !== undefined && { storageClassName }) },
    })),
  },
});

describe('transformObject', () => {
  it.each<[string, string, object, object, Partial<TransformContext>]>([
    [
      'a StatefulSet follows the class its claims move to',
      'StatefulSet',
      statefulSet('gold', 'silver', 'gold'),
      statefulSet('fast', 'fast', 'gold'),
      { volumes: [volume('data0-web-0', 'fast'), volume('data1-web-12', 'fast'), volume('data2-web-old', 'fast')] },
    ],
    [
      'a claim template that names no class keeps naming none, and an empty class stays empty',
      'StatefulSet',
      statefulSet(undefined, '', 'gold'),
      statefulSet(undefined, '', 'fast'),
      { volumes: [volume('data0-web-0', 'fast'), volume('data1-web-0', 'fast'), volume('data2-web-0', 'fast')] },
    ],
    [
      'a workload finds its claims under their new names',
      'Deployment',
      { spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } } } },
      { spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data-2' } }] } } } },
      { volumes: [volume('data', 'fast', 'data-2'), volume('other', 'fast')] },
    ],
    [
      'of claims that another run brings as well',
      'Deployment',
      { spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } } } },
      { spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data-2' } }] } } } },
      { skippedVolumes: [{ namespace: 'shop', claim: 'data', reason: 'not listed', target: 'data-2' }] },
    ],
    [
      'a CronJob too',
      'CronJob',
      {
        spec: {
          jobTemplate: {
            spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } } },
          },
        },
      },
      {
        spec: {
          jobTemplate: {
            spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data-2' } }] } } },
          },
        },
      },
      { volumes: [volume('data', 'fast', 'data-2')] },
    ],
    [
      'a StatefulSet by its claim templates, whose class follows',
      'StatefulSet',
      statefulSet('gold'),
      {
        spec: {
          volumeClaimTemplates: [
            { metadata: { name: 'new' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast' } },
          ],
        },
      },
      { volumes: [volume('data0-web-0', 'fast', 'new-web-0')] },
    ],
    [
      'a workload that others had halted arrives as if the plan had',
      'Deployment',
      { spec: { replicas: 0 }, metadata: { name: 'web', namespace: 'shop', annotations: { saved: '2' } } },
      {
        spec: { replicas: 0 },
        metadata: {
          name: 'web',
          namespace: 'shop',
          annotations: { saved: '2', 'migration.openshift.io/quiesced-by-migplan': 'plan-uid' },
        },
      },
      { adopted: { planUid: 'plan-uid', workloads: new Set(['Deployment shop/web']) } },
    ],
    [
      'another workload does not',
      'StatefulSet',
      { spec: { replicas: 0 } },
      { spec: { replicas: 0 } },
      { adopted: { planUid: 'plan-uid', workloads: new Set(['Deployment shop/web']) } },
    ],
    [
      'a taken node port is given up',
      'Service',
      {
        spec: {
          type: 'NodePort',
          ports: [
            { port: 80, nodePort: 30080 },
            { port: 81, nodePort: 30081 },
          ],
        },
      },
      { spec: { type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] } },
      { takenNodePorts: new Set([30081]) },
    ],
    [
      'a taken health check port is given up',
      'Service',
      { spec: { type: 'LoadBalancer', healthCheckNodePort: 31000, ports: [{ port: 80, nodePort: 30080 }] } },
      { spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
      { takenNodePorts: new Set([31000]) },
    ],
    [
      'a free node port stays',
      'Service',
      { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } },
      { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } },
      { takenNodePorts: new Set([30081]) },
    ],
    [
      'a ServiceAccount loses what its cluster made for it',
      'ServiceAccount',
      {
        secrets: [{ name: 'web-token-abcde' }, { name: 'web-dockercfg-x2v4z' }, { name: 'web-token-of-mine' }],
        imagePullSecrets: [{ name: 'web-dockercfg-x2v4z' }, { name: 'registry' }],
      },
      { secrets: [{ name: 'web-token-of-mine' }], imagePullSecrets: [{ name: 'registry' }] },
      {},
    ],
    ['a ServiceAccount without secrets', 'ServiceAccount', {}, {}, {}],
    [
      'a Service both mapped and moved off its node port',
      'Service',
      { spec: { externalName: 'db.shop.svc', ports: [{ port: 80, nodePort: 30080 }] } },
      { spec: { externalName: 'db.store.svc', ports: [{ port: 80 }] } },
      { takenNodePorts: new Set([30080]), namespaces: new Map([['shop', 'store']]) },
    ],
  ])('%s', (_, kind, before, after, overrides) => {
    expect(transformObject(object(kind, 'web', before), context(overrides))).toEqual(object(kind, 'web', after));
  });
});

describe('what KEDA scales', () => {
  const scaler = object('ScaledObject', 'web', { spec: {} });
  it.each([
    [true, { 'autoscaling.keda.sh/paused-replicas': '0', 'migration.openshift.io/before-pause': '{}' }],
    [false, undefined],
  ])('rests where workloads arrive halted (%s)', (halts, annotations) => {
    expect(transformObject(scaler, context({ halts })).metadata.annotations).toEqual(annotations);
    const kinds = kindsToTransform(context({ halts })).map(({ groupResource }) => groupResource);
    expect(kinds.includes('scaledobjects.keda.sh')).toBe(halts);
  });
});

describe('kindsToTransform', () => {
  const kinds = (overrides: Partial<TransformContext>) =>
    kindsToTransform(context(overrides)).map(({ groupResource }) => groupResource);

  it('reads no more than a run needs', () => {
    const always = ['serviceaccounts', 'clusterrolebindings.rbac.authorization.k8s.io'];
    expect(kinds({})).toEqual(always);
    expect(kinds({ volumes: [volume('a', 'fast')] }).sort()).toEqual([...always, 'statefulsets.apps'].sort());
    expect(kinds({ volumes: [volume('a', 'fast', 'b')] })).toContain('cronjobs.batch');
    expect(kinds({ takenNodePorts: new Set([30080]) }).sort()).toEqual([...always, 'services'].sort());
  });

  it('names each kind once', () => {
    const all = kinds({
      namespaces: new Map([['shop', 'store']]),
      volumes: [volume('a', 'fast')],
      takenNodePorts: new Set([30080]),
    });
    expect(all).toContain('networkpolicies.networking.k8s.io');
    expect(new Set(all).size).toBe(all.length);
  });
});
