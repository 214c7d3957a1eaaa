import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { controllerOf, isDeployerPod } from '../workloads/ownership.js';
import type { ObjectKind } from './object-kind.js';
import { escapeName } from './service-accounts.js';

/** A kind whose objects are made by people and by controllers alike; what controllers made is made again on the target. */
interface DerivableKind extends ObjectKind {
  isDerived: (object: KubeObject) => boolean;
}

const hasController = (object: KubeObject): boolean => controllerOf(object) !== undefined;

const isPodAddress = ({ targetRef }: { targetRef?: { kind?: string } }): boolean => targetRef?.kind === 'Pod';

/** ConfigMaps that the cluster puts into every namespace, with its own certificates. */
const CERTIFICATES_OF_THE_CLUSTER = ['kube-root-ca.crt', 'openshift-service-ca.crt'];

/** The API server's own Service in `default` with its addresses, and the name OpenShift gives it besides. */
const isApiServer = ({ metadata: { name, namespace, labels } }: KubeObject): boolean =>
  (name === 'kubernetes' && (namespace === 'default' || isLabelledAsApiServer(labels))) ||
  (name === 'openshift' && namespace === 'default');

const isLabelledAsApiServer = (labels: Record<string, string> = {}): boolean =>
  labels.component === 'apiserver' && labels.provider === 'kubernetes';

/**
 * What every cluster makes for itself in every namespace, or in `default`. In another cluster, or under another namespace's name, it would
 * lead pods to the cluster it came from.
 */
export function isMadeByCluster(object: KubeObject): boolean {
  if (object.kind === 'ConfigMap') return CERTIFICATES_OF_THE_CLUSTER.includes(object.metadata.name);
  return ['Service', 'Endpoints', 'EndpointSlice'].includes(object.kind) && isApiServer(object);
}

/** Kinds of which the cluster makes objects for itself among those of people, beside addresses. */
export const CLUSTER_MADE_KINDS: readonly ObjectKind[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', groupResource: 'configmaps' },
  { apiVersion: 'v1', kind: 'Service', groupResource: 'services' },
];

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
    isDerived: (endpoints) =>
      isMadeByCluster(endpoints) ||
      (endpoints.subsets ?? [])
        .flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses])
        .every(isPodAddress),
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    groupResource: 'endpointslices.discovery.k8s.io',
    isDerived: (slice) =>
      isMadeByCluster(slice) ||
      /\.k8s\.io$/.test(slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? ''),
  },
];

export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/** Types of Secrets among which are such that belong to their cluster alone. */
export const CLUSTER_BOUND_SECRET_TYPES = [TOKEN_SECRET_TYPE, 'kubernetes.io/dockercfg', 'kubernetes.io/tls'] as const;

/**
 * Secrets that are worthless or harmful elsewhere: tokens of service accounts, the credentials of a cluster's own registry, and
 * serving certificates that OpenShift issues for its services.
 */
export function isClusterBoundSecret({ type, metadata }: KubeObject): boolean {
  const annotated = (suffix: string): boolean =>
    Object.keys(metadata.annotations ?? {}).some((annotation) => annotation.endsWith(suffix));
  return (
    type === TOKEN_SECRET_TYPE ||
    (type === 'kubernetes.io/dockercfg' && (annotated('/service-account.name') || annotated('.service-account'))) ||
    annotated('.openshift.io/originating-service-name')
  );
}

/** A Secret that a user made to be filled with a token of a service account; the cluster's own have a generated name. */
export function isTokenRequest({ type, metadata: { name, annotations } }: KubeObject): boolean {
  const account = annotations?.[ACCOUNT_ANNOTATION];
  if (type !== TOKEN_SECRET_TYPE || account === undefined) return false;
  return !new RegExp(`^${escapeName(account)}-token-[a-z0-9]{5}$`).test(name);
}

/** The request as it is made on the target, whose controller fills it: token, certificate and the account's uid are the source's. */
export function arrivingTokenRequest(
  { metadata: { name, labels, annotations } }: KubeObject,
  place: { namespace: string; labels: Record<string, string> },
): KubeObject {
  const { 'kubernetes.io/service-account.uid': _, ...kept } = annotations ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: place.namespace,
      labels: { ...labels, ...place.labels },
      annotations: Object.fromEntries(Object.entries(kept).filter(([key]) => key !== ANNOTATIONS.lastApplied)),
    },
    type: TOKEN_SECRET_TYPE,
  };
}
