import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import {
  arrivingTokenRequest,
  DERIVABLE_KINDS,
  isClusterBoundSecret,
  isMadeByCluster,
  isTokenRequest,
} from './left-behind.js';

const object = (kind: string, body: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', namespace: 'shop', ...metadata },
  ...body,
});
const owned = { ownerReferences: [{ apiVersion: 'v1', kind: 'Owner', name: 'o', uid: 'u', controller: true }] };
const isDerived = (candidate: KubeObject) =>
  DERIVABLE_KINDS.find(({ kind }) => kind === candidate.kind)?.isDerived(candidate);

describe('derived objects', () => {
  it.each(['Pod', 'ReplicaSet', 'ReplicationController', 'Job'])('a %s with a controller', (kind) => {
    expect(isDerived(object(kind, {}, owned))).toBe(true);
    expect(isDerived(object(kind, {}))).toBe(false);
  });

  it.each<[string, object, boolean]>([
    ['without addresses', {}, true],
    ['of pods', { subsets: [{ addresses: [{ ip: '10.0.0.1', targetRef: { kind: 'Pod' } }] }] }, true],
    ['of pods not ready', { subsets: [{ notReadyAddresses: [{ ip: '10.0.0.1', targetRef: { kind: 'Pod' } }] }] }, true],
    ['of a machine outside', { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] }, false],
  ])('Endpoints %s', (_, body, expected) => {
    expect(isDerived(object('Endpoints', body))).toBe(expected);
  });

  it.each([
    ['endpointslice-controller.k8s.io', true],
    ['endpointslicemirroring-controller.k8s.io', true],
    ['staff', false],
  ])('an EndpointSlice managed by %s', (manager, expected) => {
    const labels = { 'endpointslice.kubernetes.io/managed-by': manager };
    expect(isDerived(object('EndpointSlice', {}, { labels }))).toBe(expected);
  });
});

describe('isClusterBoundSecret', () => {
  const secret = (type: string, annotations?: object) => object('Secret', { type }, { annotations });
  it.each<[KubeObject, boolean]>([
    [secret('kubernetes.io/service-account-token'), true],
    [secret('kubernetes.io/dockercfg', { 'kubernetes.io/service-account.name': 'builder' }), true],
    [secret('kubernetes.io/dockercfg', { 'openshift.io/internal-registry-auth-token.service-account': 'web' }), true],
    [secret('kubernetes.io/dockercfg'), false],
    [secret('kubernetes.io/tls', { 'service.beta.openshift.io/originating-service-name': 'web' }), true],
    [secret('kubernetes.io/tls'), false],
    [secret('Opaque'), false],
  ])('%j: %s', (candidate, expected) => {
    expect(isClusterBoundSecret(candidate)).toBe(expected);
  });
});

describe('isMadeByCluster', () => {
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  it.each<[string, object, boolean]>([
    ['Service', { name: 'kubernetes', namespace: 'default', labels }, true],
    ['Service', { name: 'kubernetes', namespace: 'shop', labels }, true],
    ['Service', { name: 'kubernetes', namespace: 'shop' }, false],
    ['Service', { name: 'openshift', namespace: 'default' }, true],
    ['Service', { name: 'web', namespace: 'default', labels }, false],
    ['Endpoints', { name: 'kubernetes', namespace: 'default' }, true],
    ['Endpoints', { name: 'database', namespace: 'default' }, false],
    ['EndpointSlice', { name: 'kubernetes', namespace: 'default' }, true],
    ['EndpointSlice', { name: 'kubernetes', namespace: 'shop' }, false],
    ['ConfigMap', { name: 'kube-root-ca.crt' }, true],
    ['ConfigMap', { name: 'openshift-service-ca.crt' }, true],
    ['ConfigMap', { name: 'kubernetes', namespace: 'default', labels }, false],
    ['Secret', { name: 'kube-root-ca.crt' }, false],
  ])('%s %j: %s', (kind, metadata, expected) => {
    expect(isMadeByCluster(object(kind, {}, metadata))).toBe(expected);
  });

  it('the addresses of the API server name no pod, and are derived all the same', () => {
    const subsets = [{ addresses: [{ ip: '192.0.2.1' }] }];
    const metadata = { name: 'kubernetes', namespace: 'default' };
    expect(isDerived(object('Endpoints', { subsets }, metadata))).toBe(true);
    expect(isDerived(object('EndpointSlice', {}, metadata))).toBe(true);
  });
});

describe('a Secret for a token of a service account', () => {
  const account = { 'kubernetes.io/service-account.name': 'robot.ci', 'kubernetes.io/service-account.uid': 'u' };
  const secret = (name: string, type = 'kubernetes.io/service-account-token', annotations: object = account) =>
    object('Secret', { type, data: { token: 'eA==' } }, { name, annotations });

  it.each<[KubeObject, boolean]>([
    [secret('robot'), true],
    [secret('robot.ci-token'), true],
    [secret('robot1ci-token-abcde'), true],
    [secret('robot.ci-token-abcde'), false],
    [secret('robot', 'Opaque'), false],
    [secret('robot', undefined, {}), false],
  ])('%j was made by a user: %s', (candidate, expected) => {
    expect(isTokenRequest(candidate)).toBe(expected);
  });

  it('arrives empty, with its type and the name of the account', () => {
    expect(arrivingTokenRequest(secret('robot'), { namespace: 'store', labels: { ours: 'yes' } })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'robot',
        namespace: 'store',
        labels: { ours: 'yes' },
        annotations: { 'kubernetes.io/service-account.name': 'robot.ci' },
      },
      type: 'kubernetes.io/service-account-token',
    });
  });
});
