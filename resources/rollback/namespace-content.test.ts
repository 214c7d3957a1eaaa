import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import type { KubeObject } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { foreignContent, unknownOwners } from './namespace-content.js';

const OWNERS = { planUid: 'plan-uid', runs: new Set(['run-uid']), created: new Set(['ours', 'replaced']) };
const MARK = { [LABELS.migratedByPlan]: 'plan-uid' };
const made = (kind: string, name: string, metadata: object = {}, fields: object = {}): KubeObject =>
  objectOf(kind, name, { ...fields, metadata: { uid: name, ...metadata } });
const ownedBy = (...uids: string[]) => ({
  ownerReferences: uids.map((uid) => ({ apiVersion: 'v1', kind: 'Any', name: uid, uid })),
});
const foreign = (objects: KubeObject[], living: string[] = []) =>
  foreignContent(objects, { ...OWNERS, living: new Set(living) }).map(({ metadata }) => metadata.name);

describe('the content of a namespace', () => {
  const token = 'kubernetes.io/service-account-token';
  const account = (name: string) => ({ annotations: { 'kubernetes.io/service-account.name': name } });
  it.each([
    made('ServiceAccount', 'default'),
    made('ServiceAccount', 'builder'),
    made('ConfigMap', 'kube-root-ca.crt'),
    made('ConfigMap', 'openshift-service-ca.crt'),
    made('Secret', 'default-token-x7k2p', {}, { type: token }),
    made('Secret', 'deployer-dockercfg-abcde', {}, { type: 'kubernetes.io/dockercfg' }),
    made('Secret', 'mine', account('default'), { type: token }),
    made('RoleBinding', 'system:deployers'),
    made('Event', 'any'),
    made('EndpointSlice', 'web-abcde'),
    made('Lease', 'leader'),
    { ...made('PodMetrics', 'web'), apiVersion: 'metrics.k8s.io/v1beta1' },
    made('Deployment', 'web', { uid: 'ours', labels: MARK }),
    made('Pod', 'mtc-helper', { labels: { [LABELS.helper]: 'run-uid' } }),
  ])('is not foreign: $kind $metadata.name', (object) => {
    expect(foreign([object])).toEqual([]);
  });

  it.each([
    made('ConfigMap', 'settings'),
    made('ServiceAccount', 'web'),
    made('Secret', 'default-token-x7k2p', {}, { type: 'Opaque' }),
    made('Secret', 'ci', account('ci'), { type: token }),
    made('RoleBinding', 'developers'),
    made('PersistentVolumeClaim', 'data-db-2'),
    made('Deployment', 'made-again', { uid: 'another', labels: MARK }),
    made('Deployment', 'taken-over', { uid: 'ours' }),
    made('Pod', 'mtc-helper', { labels: { [LABELS.helper]: 'run-of-another-plan' } }),
  ])('is foreign: $kind $metadata.name', (object) => {
    expect(foreign([object])).toEqual([object.metadata.name]);
  });

  it('goes with what owns it, over any number of steps', () => {
    const ofOurs = [
      made('Pod', 'web-1', ownedBy('replica-set')),
      made('ReplicaSet', 'replica-set', ownedBy('ours')),
      made('ControllerRevision', 'orphan', ownedBy('gone')),
      made('Secret', 'pull', ownedBy('default')),
      made('ServiceAccount', 'default'),
    ];
    expect(foreign(ofOurs)).toEqual([]);
  });

  it('stays with an owner that stays', () => {
    const ofOthers = [
      made('Pod', 'job-pod', ownedBy('job')),
      made('Job', 'job'),
      made('ConfigMap', 'both', ownedBy('gone', 'job')),
      made('ConfigMap', 'of-cluster-scoped', ownedBy('node')),
    ];
    expect(foreign(ofOthers, ['node'])).toEqual(['job-pod', 'job', 'both', 'of-cluster-scoped']);
  });

  it('has owners of which it must be asked whether they are there', () => {
    const objects = [
      made('Pod', 'web-1', ownedBy('ours', 'replica-set', 'node')),
      made('ReplicaSet', 'replica-set'),
      made('Pod', 'web-2', ownedBy('node')),
      made('Event', 'any', ownedBy('unasked')),
    ];
    expect(unknownOwners(objects, OWNERS).map(({ uid }) => uid)).toEqual(['node']);
  });
});
