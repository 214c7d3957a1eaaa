import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import { readSettings } from '../run/settings.js';
import { defaultNamespaceFindings, protectedNamespaceFindings, vitalPodFindings } from './protected-namespaces.js';

const globsOf = (spec: Record<string, unknown> = {}) => readSettings(spec).settings.protectedNamespaces;
const ofSource = (name: string, globs = globsOf()) => protectedNamespaceFindings({ source: [name], target: [] }, globs);

describe('a namespace that runs the cluster or the migration', () => {
  it.each([
    'kube-system',
    'kube-node-lease',
    'kube-public',
    'kube-flannel',
    'openshift',
    'openshift-monitoring',
    'openshift-migration',
    'openshift-adp',
    'velero',
  ])('%s is protected on either side', (name) => {
    expect(ofSource(name)).toMatchObject([
      { type: 'NamespaceProtected', category: 'Critical', items: [`${name} of the source`] },
    ]);
    expect(protectedNamespaceFindings({ source: ['shop'], target: [name] }, globsOf())).toMatchObject([
      { type: 'NamespaceProtected', category: 'Critical', items: [`${name} of the target`] },
    ]);
  });

  it.each(['shop', 'kube', 'kubernetes-dashboard', 'my-kube-system', 'openshiftapps', 'default', 'velero-ui'])(
    '%s is not',
    (name) => expect(ofSource(name)).toEqual([]),
  );

  it.each(['kube-system', 'kube-node-lease', 'kube-public', 'openshift-migration'])(
    '%s stays protected whatever the setting says',
    (name) => expect(ofSource(name, globsOf({ protected_namespaces: [] }))).toHaveLength(1),
  );

  it.each([
    ['team-*', 'team-a', true],
    ['team-*', 'my-team-a', false],
    ['*-prod', 'shop-prod', true],
    ['*-prod', 'shop-prod-old', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'a1c2b', false],
    ['ab*ba', 'aba', false],
    ['*', 'anything', true],
    ['shop', 'shop', true],
    ['sh.p', 'shop', false],
  ])('%s of the setting covers %s: %s', (glob, name, covered) => {
    expect(ofSource(name, globsOf({ protected_namespaces: [glob] }))).toHaveLength(covered ? 1 : 0);
  });

  it('is told quickly, however many stars a glob has', () => {
    const start = performance.now();
    ofSource(`${'a'.repeat(62)}c`, globsOf({ protected_namespaces: [`${'a*'.repeat(5_000)}b`] }));
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('namespace default', () => {
  const sides = { source: ['default'], target: ['shop'] };

  it('may be migrated, with a warning', () => {
    expect(defaultNamespaceFindings(sides, globsOf())).toMatchObject([
      { type: 'DefaultNamespace', category: 'Warn', items: ['default of the source'] },
    ]);
    expect(defaultNamespaceFindings({ source: ['shop'], target: ['shop'] }, globsOf())).toEqual([]);
  });

  it('is refused once where the setting protects it', () => {
    const globs = globsOf({ protected_namespaces: ['default'] });
    expect(defaultNamespaceFindings(sides, globs)).toEqual([]);
    expect(protectedNamespaceFindings(sides, globs)).toMatchObject([{ category: 'Critical' }]);
  });
});

describe('pods that keep nodes or the migration working', () => {
  const pod = (kind: string, priorityClassName: string, labels = {}) => {
    const { metadata, ...rest } = objectOf('Pod', 'one', { spec: { priorityClassName } });
    const ownerReferences = [{ apiVersion: 'apps/v1', kind, name: 'owner', uid: 'owner-uid' }];
    return { ...rest, metadata: { ...metadata, namespace: 'net', labels, ownerReferences } };
  };

  it.each([
    ['a DaemonSet of the node', pod('DaemonSet', 'system-node-critical'), true],
    ['a DaemonSet of its own', pod('DaemonSet', 'batch'), false],
    ['a Deployment', pod('ReplicaSet', 'system-node-critical'), false],
    ['Velero', pod('ReplicaSet', '', { deploy: 'velero' }), true],
    ['the node agent', pod('DaemonSet', '', { name: 'node-agent' }), true],
  ])('of %s protect their namespace: %s', (_name, one, vital) => {
    const findings = vitalPodFindings({ source: [one, one], target: [] });
    if (!vital) return expect(findings).toEqual([]);
    expect(findings).toMatchObject([
      { type: 'NamespaceProtected', category: 'Critical', items: ['net of the source'] },
    ]);
    expect(vitalPodFindings({ source: [], target: [one] })).toMatchObject([{ items: ['net of the target'] }]);
  });
});
