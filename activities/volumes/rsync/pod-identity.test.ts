import { describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { FakeCluster } from '../../../test/kit/fakes/fake-cluster.js';
import { createAdmitted, identitiesToTry, workloadIdentity } from './pod-identity.js';

const pod = (spec: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app', namespace: 'shop' },
  spec,
});
const options = { keepAnnotations: false, verify: false };
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', annotations: { 'openshift.io/sa.scc.uid-range': '1000650000/10000' } },
};

describe('the identity of a workload', () => {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  it('is that of the container that mounts the volume', () => {
    const containers = [
      { name: 'proxy', securityContext: { runAsUser: 5 } },
      { name: 'db', volumeMounts: [{ name: 'v' }], securityContext: { runAsUser: 999 } },
    ];
    const securityContext = { runAsUser: 7, runAsGroup: 8, fsGroup: 9, supplementalGroups: [10] };
    expect(workloadIdentity(pod({ volumes, containers, securityContext }), 'data')).toEqual({
      user: 999,
      group: 8,
      groups: [9, 10],
    });
  });
  it('may be unknown', () => {
    expect(workloadIdentity(pod({ volumes, containers: [] }), 'data')).toEqual({
      user: undefined,
      group: undefined,
      groups: [],
    });
  });
});

describe('identities to try', () => {
  const workload = { user: 999, group: 8, groups: [9] };
  it.each([
    ['root first', options, workload, undefined, [{ root: true }, { root: false, ...workload }]],
    ['not as root', { ...options, runAsRoot: false }, workload, undefined, [{ root: false, ...workload }]],
    [
      'as the migration says',
      { ...options, runAsRoot: false, runAsUser: 5, runAsGroup: 6 },
      workload,
      undefined,
      [{ root: false, user: 5, group: 6, groups: [9] }],
    ],
    [
      "in the namespace's range",
      { ...options, runAsRoot: false },
      { groups: [] },
      namespace,
      [{ root: false, user: 1000650000, group: undefined, groups: [] }],
    ],
    [
      'as an unprivileged user',
      { ...options, runAsRoot: false },
      { user: 0, groups: [] },
      undefined,
      [{ root: false, user: 65534, group: undefined, groups: [] }],
    ],
  ])('%s', (_, given, known, place, expected) => {
    expect(identitiesToTry(given, known, place)).toEqual(expected);
  });
});

describe('creating the first variant that is admitted', () => {
  const refusal = (message: string) =>
    new KubernetesApiError(message, { code: 403, reason: 'Forbidden', cluster: 'c', verb: 'create', path: '/' });
  const variants = [pod({ as: 'root' }), pod({ as: 'user' })];
  const { signal } = new AbortController();

  it.each([
    'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    'pods "x" is forbidden: unable to validate against any security context constraint: [...]',
  ])('continues after %s', async (message) => {
    const cluster = new FakeCluster('target');
    let refused = 0;
    cluster.beforeMutation = () => {
      refused += 1;
      if (refused === 1) throw refusal(message);
    };
    expect((await createAdmitted(cluster.client, variants, signal)).spec.as).toBe('user');
  });

  it('does not take every refusal for one of pod security', async () => {
    const cluster = new FakeCluster('target');
    cluster.beforeMutation = () => {
      throw refusal('pods "x" is forbidden: exceeded quota: small');
    };
    await expect(createAdmitted(cluster.client, variants, signal)).rejects.toThrow('exceeded quota');
  });
});
