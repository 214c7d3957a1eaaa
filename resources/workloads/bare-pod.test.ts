import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { arrivingPod, isBarePod } from './bare-pod.js';

const pod = (metadata: object = {}, status: object = { phase: 'Running' }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'tool', namespace: 'shop', ...metadata },
  status,
});
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: '1', controller: true };

describe('isBarePod', () => {
  it.each([
    ['one that runs', pod(), true],
    ['one that is owned but not controlled', pod({ ownerReferences: [{ ...owner, controller: false }] }), true],
    ['one with a controller', pod({ ownerReferences: [owner] }), false],
    ['one that has ended', pod({}, { phase: 'Succeeded' }), false],
    ['one that is being deleted', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' }), false],
    ['a static pod of the node', pod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }), false],
  ])('%s', (_, object, expected) => {
    expect(isBarePod(object)).toBe(expected);
  });
});

it('arrivingPod keeps what its owner wrote and drops what the source cluster added', () => {
  const source = pod({
    uid: 'u',
    resourceVersion: '5',
    labels: { app: 'tool' },
    annotations: {
      note: 'mine',
      'openshift.io/scc': 'restricted',
      'k8s.ovn.org/pod-networks': '{}',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    },
    managedFields: [{}],
  });
  source.spec = {
    nodeName: 'node-1',
    serviceAccountName: 'tool',
    serviceAccount: 'tool',
    priority: 0,
    imagePullSecrets: [{ name: 'mine' }, { name: 'tool-dockercfg-x7k2p' }],
    containers: [
      {
        name: 'tool',
        image: 'tool:1',
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'kube-api-access-abc12', mountPath: '/var/run' },
        ],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: true } },
      { name: 'other', persistentVolumeClaim: { claimName: 'other' } },
      { name: 'kube-api-access-abc12', projected: {} },
    ],
  };
  expect(
    arrivingPod(source, { namespace: 'shop-2', labels: { migrated: 'yes' }, claims: { data: 'data-new' } }),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'tool',
      namespace: 'shop-2',
      labels: { app: 'tool', migrated: 'yes' },
      annotations: { note: 'mine' },
    },
    spec: {
      serviceAccountName: 'tool',
      imagePullSecrets: [{ name: 'mine' }],
      containers: [{ name: 'tool', image: 'tool:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data-new', readOnly: true } },
        { name: 'other', persistentVolumeClaim: { claimName: 'other' } },
      ],
    },
  });
});
