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
  pvc: Required<Omit<NonNullable<PersistentVolumeEntry['pvc']>, 'ownerType'>> & { ownerType?: string };
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
}

const COPY_METHODS = ['filesystem', 'block', 'snapshot'];

/** Finds the volumes of a plan, sorted by name. Claims made for other claims (clones, population) are not an application's own. */
export function discoverVolumes({ claims, pods, volumes, moveStorageClasses }: SourceVolumes): DiscoveredVolume[] {
  return claims
    .filter((claim) => claim.status?.phase === 'Bound' && !isMadeForAnother(claim))
    .flatMap((claim) => {
      const volume = volumes.get(claim.spec?.volumeName);
      return volume ? [describeVolume(claim, volume, pods, moveStorageClasses)] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Claims that are not bound hold nothing to copy, and are not migrated. */
export const unboundClaims = (claims: readonly KubeObject[]): string[] =>
  claims
    .filter((claim) => claim.status?.phase !== 'Bound' && !isMadeForAnother(claim))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

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

const isMadeForAnother = ({ metadata }: KubeObject): boolean =>
  (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'PersistentVolumeClaim');
