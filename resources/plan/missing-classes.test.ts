import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import {
  classesOf,
  classesToProvision,
  defaultClassFindings,
  deviceClassesOf,
  missingClassFindings,
} from './missing-classes.js';

const object = (kind: string, spec: object, name = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace: 'shop', name },
  spec,
});
const running = (pod: object) => ({ template: { spec: pod } });
const template = (name: string, storageClassName?: string) => ({ metadata: { name }, spec: { storageClassName } });
const scratch = { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'fast' } } } };

describe('classesOf', () => {
  it.each<[string, object, [string, string][]]>([
    ['Deployment', running({ priorityClassName: 'urgent' }), [['PriorityClass', 'urgent']]],
    ['DaemonSet', running({ runtimeClassName: 'sandbox' }), [['RuntimeClass', 'sandbox']]],
    ['CronJob', { jobTemplate: { spec: running({ priorityClassName: 'low' }) } }, [['PriorityClass', 'low']]],
    [
      'Pod',
      { priorityClassName: 'urgent', volumes: [scratch] },
      [
        ['PriorityClass', 'urgent'],
        ['StorageClass', 'fast'],
      ],
    ],
    [
      'StatefulSet',
      { ...running({}), volumeClaimTemplates: [template('data', 'gold'), template('log'), template('own', '')] },
      [
        ['StorageClass', 'gold'],
        ['StorageClass', '(default)'],
      ],
    ],
    ['Gateway', { gatewayClassName: 'public' }, [['GatewayClass', 'public']]],
    ['VolumeSnapshot', { volumeSnapshotClassName: 'daily' }, [['VolumeSnapshotClass', 'daily']]],
    ['ResourceClaim', { devices: { requests: [{ exactly: { deviceClassName: 'gpu' } }] } }, [['DeviceClass', 'gpu']]],
    [
      'ResourceClaimTemplate',
      { spec: { devices: { requests: [{ deviceClassName: 'gpu' }, { firstAvailable: [{}, {}] }] } } },
      [['DeviceClass', 'gpu']],
    ],
    ['Ingress', { ingressClassName: 'public' }, [['IngressClass', 'public']]],
    ['Deployment', running({}), []],
  ])('of a %s %j', (kind, spec, expected) => {
    expect(classesOf(object(kind, spec)).map(({ kind: of, name }) => [of, name])).toEqual(expected);
  });
});

it('names each class that is missing, with all that name it', () => {
  const known = new Map([['PriorityClass', new Set(['low'])]]);
  const users = ['web', 'api'].map((name) => object('Deployment', running({ priorityClassName: 'urgent' }), name));
  const others = [object('Deployment', running({ priorityClassName: 'low', runtimeClassName: 'sandbox' }), 'box')];
  const [finding] = missingClassFindings([...users, ...others], known, 'target');
  expect(finding).toMatchObject({ type: 'ClassesMissingOnTarget', category: 'Warn' });
  expect(finding?.items).toEqual([
    'PriorityClass urgent (Deployment shop/web, Deployment shop/api)',
    'RuntimeClass sandbox (Deployment shop/box)',
  ]);
  expect(missingClassFindings(users, new Map([['PriorityClass', new Set(['urgent'])]]), 'target')).toEqual([]);
});

it.each<[string, object, string[]]>([
  ['whose claims come along', { volumeClaimTemplates: [template('data', 'gold')] }, []],
  ['whose claims nothing brings', { volumeClaimTemplates: [template('log', 'gold')] }, ['gold']],
  [
    'of which a later member comes first',
    { ordinals: { start: 3 }, volumeClaimTemplates: [template('data', 'gold')] },
    ['gold'],
  ],
  ['that leaves the class to the cluster', { volumeClaimTemplates: [template('log')] }, ['(default)']],
  ['that asks for no class', { volumeClaimTemplates: [template('log', '')] }, []],
  ['with an ephemeral volume', running({ volumes: [scratch] }), ['fast']],
])('a StatefulSet %s needs classes', (_, spec, expected) => {
  const isComing = ({ namespace, name }: { namespace: string | undefined; name: string }) =>
    namespace === 'shop' && name === 'data-web-0';
  expect(classesToProvision(object('StatefulSet', spec), isComing)).toEqual(expected);
});

it('of devices, a workload needs those of the claims it names', () => {
  const claim = (kind: string, name: string, deviceClassName: string): KubeObject => {
    const spec = { devices: { requests: [{ exactly: { deviceClassName } }] } };
    return object(kind, kind === 'ResourceClaim' ? spec : { spec }, name);
  };
  const claims = [
    claim('ResourceClaimTemplate', 'one', 'gpu'),
    claim('ResourceClaim', 'two', 'nic'),
    claim('ResourceClaim', 'one', 'other'),
  ];
  const resourceClaims = [{ resourceClaimTemplateName: 'one' }, { resourceClaimName: 'two' }];
  expect(deviceClassesOf(object('Deployment', running({ resourceClaims })), claims)).toEqual(['gpu', 'nic']);
  expect(deviceClassesOf(object('Deployment', running({})), claims)).toEqual([]);
});

it('tells which of several default classes claims get that name none: the newest, as in Kubernetes', () => {
  const marked = (name: string, creationTimestamp: string): KubeObject => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, creationTimestamp, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  });
  const classes = [marked('old', '2025-01-01T00:00:00Z'), marked('new', '2026-01-01T00:00:00Z')];
  const database = object('StatefulSet', { ...running({}), volumeClaimTemplates: [template('log')] }, 'db');
  expect(defaultClassFindings([database], classes, 'target')).toMatchObject([
    {
      type: 'SeveralDefaultStorageClasses',
      message: expect.stringContaining('new, old. Claims that name none get the newest, new'),
      items: ['StatefulSet shop/db'],
    },
  ]);
  expect(defaultClassFindings([database], classes.slice(1), 'target')).toEqual([]);
  expect(defaultClassFindings([object('Deployment', running({}))], classes, 'target')).toEqual([]);
});
