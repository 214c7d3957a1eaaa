import type { DirectVolumeMigration } from '../kinds/direct-volume-migration.js';
import type { ConditionTypeOf } from '../meta/catalogue/index.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { type DiscoveredVolume, unboundClaims } from '../plan/volumes/discover.js';
import { existingClaimFindings } from '../plan/volumes/existing-claims.js';
import { chooseStorageClass, listStorageClasses } from '../plan/volumes/storage-classes.js';
import { targetSize } from '../plan/volumes/target-size.js';
import { shortHash } from '../run/names.js';
import type { RunVolume } from '../run/run-record.js';
import { type ClaimToCopy, sourceId, targetOf } from './claim-list.js';

/** One cluster as far as the claims of a DirectVolumeMigration concern it. */
export interface SeenCluster {
  /** Name of the MigCluster. */
  name: string;
  /** Tells whether two MigClusters are one cluster. */
  uid: string;
  /** Those of the claims that are there, by name. */
  namespaces: ReadonlyMap<string, KubeObject>;
  storageClasses: readonly KubeObject[];
  claims: readonly KubeObject[];
  pods: readonly KubeObject[];
}

export interface SeenVolumes {
  source: SeenCluster;
  target: SeenCluster;
  /** Bound volumes of the source's claims. */
  volumes: readonly DiscoveredVolume[];
}

/** Of each claim that is there and bound, its volume and what becomes of it on the target. */
export function volumesToCopy({ spec }: DirectVolumeMigration, seen: SeenVolumes): RunVolume[] {
  return spec.persistentVolumeClaims.flatMap((claim) => {
    const volume = volumeOf(claim, seen);
    return volume ? [runVolume(claim, volume, seen)] : [];
  });
}

function runVolume(claim: ClaimToCopy, volume: DiscoveredVolume, seen: SeenVolumes): RunVolume {
  const id = sourceId(claim);
  return {
    id,
    key: shortHash(id),
    persistentVolume: volume.name,
    source: { namespace: claim.namespace, claim: claim.name },
    target: {
      ...targetOf(claim),
      storageClass: claim.targetStorageClass || proposedClass(volume, seen),
      accessModes: claim.targetAccessModes?.length ? claim.targetAccessModes : volume.pvc.accessModes,
      volumeMode: 'Filesystem',
      size: targetSize(volume),
    },
    mover: { name: 'rsync' },
    verify: claim.verify === true,
    allowOverwrite: false,
  };
}

/** As a plan would propose it. */
function proposedClass({ storageClass, shared, pvc }: DiscoveredVolume, { source, target }: SeenVolumes): string {
  const own = source.storageClasses.find(({ metadata }) => metadata.name === storageClass);
  const choice = { sourceClass: storageClass, provisioner: own?.provisioner, shared, accessModes: pvc.accessModes };
  return chooseStorageClass(choice, listStorageClasses(target.storageClasses));
}

const volumeOf = ({ namespace, name }: ClaimToCopy, { volumes }: SeenVolumes): DiscoveredVolume | undefined =>
  volumes.find(({ pvc }) => pvc.namespace === namespace && pvc.name === name);

/** What both clusters have to say about the claims. */
export function volumeFindings(migration: DirectVolumeMigration, seen: SeenVolumes): ConditionFinding[] {
  const { source, target } = seen;
  const { persistentVolumeClaims: claims, createDestinationNamespaces } = migration.spec;
  const isThere = (claim: ClaimToCopy): boolean =>
    source.claims.some(({ metadata }) => metadata.namespace === claim.namespace && metadata.name === claim.name);
  const unbound = new Set(unboundClaims(source.claims, { withOwned: true }));
  const sameCluster = source.uid === target.uid;
  const classes = target.storageClasses.map(({ metadata }) => metadata.name);
  const namespaces = [...new Set(claims.map((claim) => targetOf(claim).namespace))];
  return [
    ...about(
      claims.filter((claim) => !isThere(claim)).map(sourceId),
      // MTC's name of this condition; it is about claims.
      'PodsNotFoundOnSourceCluster',
      'NotFound',
      `Claims do not exist on source cluster ${source.name}: []. Correct spec.persistentVolumeClaims, or create them.`,
    ),
    ...about(
      claims.map(sourceId).filter((id) => unbound.has(id)),
      'ClaimsNotBound',
      'NotBound',
      `Claims of source cluster ${source.name} are not bound to a volume, so there is nothing to copy yet: []. Start what uses them, or leave them out.`,
    ),
    ...about(
      claims.filter((claim) => volumeOf(claim, seen)?.pvc.volumeMode === 'Block').map(sourceId),
      'NotYetSupported',
      'Block',
      'Block volumes are not supported yet: []. Leave them out.',
    ),
    ...about(
      claims.filter((claim) => sameCluster && isItself(claim)).map(sourceId),
      'ConflictingPVCMappings',
      'SameClaim',
      'Source and target are one cluster, and claims would be copied into themselves: []. Give them a targetName or targetNamespace.',
    ),
    ...about(
      claims.flatMap((claim) =>
        claim.targetStorageClass && !classes.includes(claim.targetStorageClass)
          ? [`${claim.targetStorageClass} of ${sourceId(claim)}`]
          : [],
      ),
      'PvInvalidStorageClass',
      'NotFound',
      `Storage classes do not exist on target cluster ${target.name}: []. Set targetStorageClass to one that is (${classes.join(', ') || 'none'}), or create the class.`,
    ),
    ...about(
      createDestinationNamespaces ? [] : namespaces.filter((name) => !target.namespaces.has(name)),
      'NamespaceNotFoundOnDestinationCluster',
      'NotFound',
      `Namespaces do not exist on target cluster ${target.name}: []. Create them, or set spec.createDestinationNamespaces to true.`,
    ),
    ...existingClaimFindings(
      volumesToCopy(migration, seen).map((volume) => ({
        ...volume.target,
        capacity: volume.target.size,
        allowOverwrite: volume.allowOverwrite,
      })),
      target,
      ({ metadata: { labels = {} } }) => labels[LABELS.migratedByDirectVolumeMigration] === migration.metadata.uid,
    ),
  ];
}

const about = (
  items: string[],
  type: ConditionTypeOf<'Critical'>,
  reason: string,
  message: string,
): ConditionFinding[] => (items.length > 0 ? [critical(type, reason, message, items)] : []);

const isItself = (claim: ClaimToCopy): boolean => {
  const target = targetOf(claim);
  return target.namespace === claim.namespace && target.claim === claim.name;
};
