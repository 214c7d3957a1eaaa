import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { mountedClaims } from '../../workloads/claim-references.js';
import { controllerOf } from '../../workloads/ownership.js';

/** A bound volume of the plan's namespaces: the part of a plan's entry that discovery owns. */
export interface DiscoveredVolume {
  name: string;
  capacity: string;
  storageClass: string;
  supported: { actions: string[]; copyMethods: string[] };
  pvc: Required<Omit<NonNullable<PersistentVolumeEntry['pvc']>, 'ownerType' | 'requested'>> & {
    ownerType?: string;
    requested?: string;
  };
  /** Served by NFS or Gluster: other rules for the target's class. */
  shared: boolean;
}

export interface SourceVolumes {
  /** Claims and pods of the source namespaces. */
  claims: readonly KubeObject[];
  pods: readonly KubeObject[];
  /** Volumes the claims are bound to, by name. */
  volumes: ReadonlyMap<string, KubeObject>;
  /** Storage classes whose volumes both clusters reach. */
  moveStorageClasses: readonly string[];
  /** Volumes of claims that belong to pods or other claims as well: of those that a user named one by one. */
  withOwned?: boolean;
}

const COPY_METHODS = ['filesystem', 'block', 'snapshot'];

/**
 * Finds the volumes of a plan, sorted by name. Claims made for other claims (clones, population) are not an application's own, and those
 * that belong to a pod (generic ephemeral volumes) go with it: the pod that follows makes its own, and would not start beside a copy.
 */
export function discoverVolumes(source: SourceVolumes): DiscoveredVolume[] {
  const { claims, pods, volumes, moveStorageClasses, withOwned } = source;
  return claims
    .filter((claim) => claim.status?.phase === 'Bound' && (withOwned || !isOwned(claim)))
    .flatMap((claim) => {
      const volume = volumes.get(claim.spec?.volumeName);
      return volume ? [describeVolume(claim, volume, pods, moveStorageClasses)] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Claims that are not bound hold nothing to copy, and are not migrated. */
export const unboundClaims = (claims: readonly KubeObject[], { withOwned = false } = {}): string[] =>
  claims.filter((claim) => claim.status?.phase !== 'Bound' && (withOwned || !isOwned(claim))).map(nameOf);

/**
 * Claims that go with the pod that owns them although no ephemeral volume of it asked for them: what made them (Spark, a person) may
 * count on their content.
 */
export const claimsOfPods = (claims: readonly KubeObject[]): string[] =>
  claims.filter((claim) => ownersOf(claim, 'Pod').some(({ name }) => !isEphemeral(claim, name))).map(nameOf);

function describeVolume(
  claim: KubeObject,
  volume: KubeObject,
  pods: readonly KubeObject[],
  moveStorageClasses: readonly string[],
): DiscoveredVolume {
  const { namespace = '', name } = claim.metadata;
  const users = pods.filter((pod) => pod.metadata.namespace === namespace && mountedClaims(pod).includes(name));
  const storageClass: string = volume.spec?.storageClassName ?? '';
  return {
    name: volume.metadata.name,
    capacity: String(volume.spec?.capacity?.storage ?? ''),
    storageClass,
    supported: { actions: supportedActions(volume, moveStorageClasses), copyMethods: [...COPY_METHODS] },
    pvc: {
      namespace,
      name,
      accessModes: claim.spec?.accessModes ?? [],
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      hasReference: users.length > 0,
      ...(claim.spec?.resources?.requests?.storage && { requested: String(claim.spec.resources.requests.storage) }),
      ...(users[0] && { ownerType: ownerKind(users[0]) }),
    },
    shared: Boolean(volume.spec?.nfs ?? volume.spec?.glusterfs),
  };
}

function supportedActions({ spec = {} }: KubeObject, moveStorageClasses: readonly string[]): string[] {
  // Bound to one node's folder: nothing outside that node can be told to read it.
  if (spec.hostPath) return ['skip'];
  const movable = spec.nfs || spec.awsElasticBlockStore || moveStorageClasses.includes(spec.storageClassName);
  return movable ? ['skip', 'copy', 'move'] : ['skip', 'copy'];
}

/** The workload an operator knows the pod by. */
function ownerKind(pod: KubeObject): string {
  const kind = controllerOf(pod)?.kind ?? 'Pod';
  if (kind === 'ReplicaSet' && pod.metadata.labels?.['pod-template-hash']) return 'Deployment';
  return kind === 'VirtualMachineInstance' ? 'VirtualMachine' : kind;
}

const ownersOf = ({ metadata }: KubeObject, kind: string) =>
  (metadata.ownerReferences ?? []).filter((owner) => owner.kind === kind);

const isOwned = (claim: KubeObject): boolean =>
  ['PersistentVolumeClaim', 'Pod'].some((kind) => ownersOf(claim, kind).length > 0);

/** Kubernetes names the claim of a generic ephemeral volume after its pod and the volume. */
const isEphemeral = ({ metadata }: KubeObject, pod: string): boolean => metadata.name.startsWith(`${pod}-`);

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
