import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { scaledByOthersFindings } from './scaled-by-others.js';

const owner = (apiVersion: string, kind: string, name: string) => ({
  ownerReferences: [{ apiVersion, kind, name, uid: name, controller: true }],
});
const object = (kind: string, name: string, metadata: object = {}, spec: object = { replicas: 1 }): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'shop', ...metadata },
  spec,
});
const managedBy = (manager: string) => ({
  managedFields: [{ manager, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
});
const scaler = (kind: string, name: string, scaleTargetRef: object): KubeObject =>
  object(kind, name, {}, { scaleTargetRef });
const none = { workloads: [], scalers: [], pods: [] };

describe('ScaledByOthers', () => {
  const items = (workload: KubeObject, scalers: KubeObject[] = []) =>
    scaledByOthersFindings({ ...none, workloads: [workload], scalers }).find(({ type }) => type === 'ScaledByOthers')
      ?.items;

  it.each([
    ['an autoscaler', object('Deployment', 'web'), 'HorizontalPodAutoscaler web-hpa'],
    [
      'the owner of the same custom resource',
      object('StatefulSet', 'db', owner('postgresql.cnpg.io/v1', 'Cluster', 'main')),
      'controlled by Cluster main',
    ],
    ['Argo CD', object('Deployment', 'api', managedBy('argocd-controller')), 'field manager argocd-controller'],
    ['Flux', object('Deployment', 'api', managedBy('kustomize-controller')), 'field manager kustomize-controller'],
    ['an operator', object('Deployment', 'api', managedBy('shop-operator')), 'field manager shop-operator'],
  ])('names %s', (_, workload, by) => {
    const hpa = scaler('HorizontalPodAutoscaler', 'web-hpa', { kind: 'Deployment', name: 'web' });
    expect(items(workload, [hpa])?.[0]).toContain(`${workload.kind} shop/${workload.metadata.name} (${by}`);
  });

  it('names a ScaledObject of KEDA, which need not say the kind', () => {
    expect(items(object('Deployment', 'web'), [scaler('ScaledObject', 'queue', { name: 'web' })])).toEqual([
      'Deployment shop/web (ScaledObject queue)',
    ]);
  });

  it.each([
    ['kubectl', object('Deployment', 'web', managedBy('kubectl-client-side-apply'))],
    ['helm', object('Deployment', 'web', managedBy('helm'))],
    ['an autoscaler that has done its work', object('Deployment', 'web', managedBy('kube-controller-manager'))],
    ['this system', object('Deployment', 'web', managedBy('openshift-migration'))],
    ['the CronJob of a Job', object('Job', 'j', owner('batch/v1', 'CronJob', 'nightly'), { parallelism: 1 })],
    ['what scales nothing that runs', object('Deployment', 'web', managedBy('argocd-controller'), { replicas: 0 })],
  ])('is not about %s', (_, workload) => {
    expect(items(workload)).toBeUndefined();
  });
});

describe('ControllersNotHalted', () => {
  const items = (more: Partial<Parameters<typeof scaledByOthersFindings>[0]>) =>
    scaledByOthersFindings({ ...none, ...more }).find(({ type }) => type === 'ControllersNotHalted')?.items;
  const pod = (metadata: object, phase = 'Running') => ({ ...object('Pod', 'p', metadata, {}), status: { phase } });

  it('names what keeps pods and cannot be halted, once', () => {
    const kept = owner('core.strimzi.io/v1', 'StrimziPodSet', 'kafka');
    expect(items({ pods: [pod(kept), pod(kept)] })).toEqual(['StrimziPodSet shop/kafka']);
    const replicaSet = object('ReplicaSet', 'canary-1', owner('argoproj.io/v1alpha1', 'Rollout', 'canary'));
    expect(items({ workloads: [replicaSet] })).toEqual(['Rollout shop/canary']);
  });

  it('is not about pods that end with what is halted, have ended or have no controller', () => {
    const pods = [
      pod(owner('apps/v1', 'ReplicaSet', 'web-1')),
      pod(owner('kubevirt.io/v1', 'VirtualMachineInstance', 'vm')),
      pod(owner('tekton.dev/v1', 'TaskRun', 'build'), 'Succeeded'),
      pod({}),
    ];
    expect(items({ pods })).toBeUndefined();
  });
});
