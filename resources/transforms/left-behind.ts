import type { KubeObject } from '../meta/kube-object.js';
import { controllerOf, isDeployerPod } from '../workloads/ownership.js';
import type { ObjectKind } from './object-kind.js';

/** A kind whose objects are made by people and by controllers alike; what controllers made is made again on the target. */
interface DerivableKind extends ObjectKind {
  isDerived: (object: KubeObject) => boolean;
}

const hasController = (object: KubeObject): boolean => controllerOf(object) !== undefined;

const isPodAddress = ({ targetRef }: { targetRef?: { kind?: string } }): boolean => targetRef?.kind === 'Pod';

export const DERIVABLE_KINDS: readonly DerivableKind[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    groupResource: 'pods',
    isDerived: (pod) => hasController(pod) || isDeployerPod(pod),
  },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', groupResource: 'replicasets.apps', isDerived: hasController },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    groupResource: 'replicationcontrollers',
    isDerived: hasController,
  },
  // A Job of a CronJob would run a second time.
  { apiVersion: 'batch/v1', kind: 'Job', groupResource: 'jobs.batch', isDerived: hasController },
  // A machine's instance is the machine running.
  {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    groupResource: 'virtualmachineinstances.kubevirt.io',
    isDerived: hasController,
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    groupResource: 'endpoints',
    // Those of a Service without selector are written by people and name addresses that are not pods.
    isDerived: ({ subsets }) =>
      (subsets ?? [])
        .flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses])
        .every(isPodAddress),
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    groupResource: 'endpointslices.discovery.k8s.io',
    isDerived: ({ metadata }) => /\.k8s\.io$/.test(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? ''),
  },
];

/** Types of Secrets among which are such that belong to their cluster alone. */
export const CLUSTER_BOUND_SECRET_TYPES = [
  'kubernetes.io/service-account-token',
  'kubernetes.io/dockercfg',
  'kubernetes.io/tls',
] as const;

/**
 * Secrets that are worthless or harmful elsewhere: tokens of service accounts, the credentials of a cluster's own registry, and
 * serving certificates that OpenShift issues for its services.
 */
export function isClusterBoundSecret({ type, metadata }: KubeObject): boolean {
  const annotated = (suffix: string): boolean =>
    Object.keys(metadata.annotations ?? {}).some((annotation) => annotation.endsWith(suffix));
  return (
    type === 'kubernetes.io/service-account-token' ||
    (type === 'kubernetes.io/dockercfg' && (annotated('/service-account.name') || annotated('.service-account'))) ||
    annotated('.openshift.io/originating-service-name')
  );
}
