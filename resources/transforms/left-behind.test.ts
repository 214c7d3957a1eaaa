import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { DERIVABLE_KINDS, isClusterBoundSecret } from './left-behind.js';

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
