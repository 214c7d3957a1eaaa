import type { PersistentVolumeEntry } from '../../resources/kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { critical, required, warn } from '../../resources/meta/findings.js';
import { isUnmapped } from '../../resources/plan/itinerary.js';
import { parseMapping } from '../../resources/plan/mappings.js';
import { beingDeletedFindings } from '../../resources/plan/volumes/being-deleted.js';
import { claimLimitFindings } from '../../resources/plan/volumes/claim-limits.js';
import { claimNameFindings } from '../../resources/plan/volumes/claim-names.js';
import { conversionFindings, statefulSetClaimFindings } from '../../resources/plan/volumes/conversion.js';
import { conversionNames } from '../../resources/plan/volumes/conversion-names.js';
import {
  claimsOfPods,
  type DiscoveredVolume,
  discoverVolumes,
  unboundClaims,
} from '../../resources/plan/volumes/discover.js';
import { helperQuotaFindings } from '../../resources/plan/volumes/helper-quotas.js';
import { mergeDiscovered } from '../../resources/plan/volumes/merge.js';
import { quotaFindings } from '../../resources/plan/volumes/quotas.js';
import { selectionFindings } from '../../resources/plan/volumes/selections.js';
import { chooseStorageClass, listStorageClasses } from '../../resources/plan/volumes/storage-classes.js';
import { targetClaimFindings } from '../../resources/plan/volumes/target-claims.js';
import { capacityFindings } from '../../resources/plan/volumes/target-size.js';
import type { PlanDetails, PlanOutline } from './observe-plan.js';
import type { PlanToInspect } from './plan-to-inspect.js';

/** The plan's volumes: those that are there, with what the plan says of each. */
export function planVolumes(
  { observed: { source, target }, converts, suffix }: PlanOutline,
  { boundVolumes, statefulSets }: PlanDetails,
  { plan, settings }: PlanToInspect,
): PersistentVolumeEntry[] {
  if (settings.volumesDisabled) return [];
  const volumes = discoverVolumes({
    claims: source.claims,
    pods: source.pods,
    volumes: boundVolumes,
    moveStorageClasses: settings.moveStorageClasses,
  });
  const targetClasses = listStorageClasses(target.storageClasses);
  const classOf = ({ storageClass, shared, pvc }: DiscoveredVolume): string => {
    const own = source.storageClasses.find(({ metadata }) => metadata.name === storageClass);
    const choice = { sourceClass: storageClass, provisioner: own?.provisioner, shared, accessModes: pvc.accessModes };
    return chooseStorageClass(choice, targetClasses);
  };
  if (!converts) return mergeDiscovered(plan.spec.persistentVolumes, volumes, classOf);
  const claims = volumes.map(({ pvc }) => pvc);
  const nameOf = conversionNames(claims, statefulSets, suffix);
  return mergeDiscovered(plan.spec.persistentVolumes, volumes, classOf, ({ pvc }) => nameOf(pvc));
}

export function judgePlanVolumes(
  volumes: readonly PersistentVolumeEntry[],
  { namespaces, clusterNames, observed: { source, target }, converts }: PlanOutline,
  { statefulSets, boundVolumes }: PlanDetails,
  { plan, settings }: PlanToInspect,
): ConditionFinding[] {
  const limit = settings.limits.persistentVolumes;
  const classes = listStorageClasses(target.storageClasses);
  return [
    required('PvsDiscovered', 'Done', `${volumes.length} persistent volumes were discovered.`),
    ...selectionFindings(volumes, classes, { targetCluster: clusterNames.target, limit }),
    ...targetClaimFindings(converts ? volumes.filter(isRenamed) : volumes, namespaces, target, plan.metadata.uid ?? ''),
    ...quotaFindings(volumes, namespaces, target),
    ...claimLimitFindings(volumes, namespaces, target),
    ...helperQuotaFindings(
      volumes,
      namespaces,
      { source: source.quotas, target: target.quotas },
      settings.run.transferPod,
    ),
    ...capacityFindings(volumes, boundVolumes),
    ...beingDeletedFindings({
      // The migration namespace is read with those of the plan.
      namespaces: namespaces.flatMap((mapping) => source.namespaces.get(mapping.source) ?? []),
      claims: source.claims,
      volumes: [...boundVolumes.values()],
    }),
    ...(settings.volumesDisabled
      ? []
      : [...unboundFindings(unboundClaims(source.claims)), ...podClaimFindings(claimsOfPods(source.claims))]),
    ...transferImageFindings(volumes, settings.run.transferImage),
    ...claimNameFindings(volumes, converts),
    ...statefulSetClaimFindings(volumes, statefulSets, source.claims),
    ...(converts ? conversionFindings(volumes, source.storageClasses.length) : []),
  ];
}

/** That a conversion would copy a claim into itself is told by the name it lacks. */
const isRenamed = ({ pvc }: PersistentVolumeEntry): boolean => !isUnmapped(parseMapping(pvc.name ?? ''));

function unboundFindings(unbound: string[]): ConditionFinding[] {
  if (unbound.length === 0) return [];
  const message = 'Claims of the source are bound to no volume and are not migrated: [].';
  return [warn('ClaimsNotBound', 'NotBound', message, unbound)];
}

function podClaimFindings(claims: string[]): ConditionFinding[] {
  if (claims.length === 0) return [];
  const message =
    'Claims of the source belong to pods and are deleted with them; they are not migrated: []. Remove the ownerReference of those whose content has to stay.';
  return [warn('ClaimsOfPods', 'OwnedByPod', message, claims)];
}

function transferImageFindings(volumes: readonly PersistentVolumeEntry[], image: string): ConditionFinding[] {
  if (image !== '' || !volumes.some(({ selection }) => selection.action === 'copy')) return [];
  const message =
    'No image for the transfer pods is known. Set rsync_transfer_image_fqin in MigrationController to one that both clusters can pull.';
  return [critical('TransferImageNotSet', 'NotSet', message)];
}
