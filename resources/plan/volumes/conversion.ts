import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { critical } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { LABELS } from '../../meta/labels.js';
import { dataVolumesOf } from '../../workloads/claim-references.js';
import { claimsWithoutCounterpart, templateRenames } from '../../workloads/statefulset-claims.js';
import { parseMapping } from '../mappings.js';

/**
 * Whether a claim stands beside the volumes of an application because of a conversion: the plan's own runs made it, or another plan's
 * conversion put a new one in its place.
 */
export function isBesideApplication({ metadata: { labels = {} } }: KubeObject, planUid: string): boolean {
  const convertedBy = labels[LABELS.conversionSource];
  return labels[LABELS.migratedByPlan] === planUid || (convertedBy !== undefined && convertedBy !== planUid);
}

/** A conversion needs volumes, and a class to bring them to. */
export function conversionFindings(
  volumes: readonly PersistentVolumeEntry[],
  storageClasses: number,
): ConditionFinding[] {
  const copied = volumes.some(({ selection }) => selection.action === 'copy');
  const why = copied ? '' : 'No volume of the plan is copied.';
  const lacking = storageClasses < 2 ? `The cluster has ${storageClasses} storage class, and two are needed.` : '';
  if (!why && !lacking) return [];
  return [
    critical(
      'StorageClassConversionUnavailable',
      'NotFound',
      `Volumes cannot be given another storage class. ${[why, lacking].filter(Boolean).join(' ')} Set selection.action to copy and selection.storageClass to another class, or map the namespaces onto other ones.`,
    ),
  ];
}

/** Virtual machines whose disks are to be converted and are DataVolumes: `namespace/name (disk)`. */
export const machinesWithDataVolumes = (
  machines: readonly KubeObject[],
  volumes: readonly PersistentVolumeEntry[],
): string[] =>
  machines.flatMap((machine) => {
    const { namespace, name } = machine.metadata;
    const copied = volumes
      .filter(({ selection, pvc }) => selection.action === 'copy' && pvc.namespace === namespace)
      .map(({ pvc }) => parseMapping(pvc.name ?? '').source);
    const disks = dataVolumesOf(machine).filter((disk) => copied.includes(disk));
    return disks.length > 0 ? [`${namespace}/${name} (${disks.join(', ')})`] : [];
  });

/** Claims are found by StatefulSets through their names alone: what their pods would not find, or would find empty. */
export function statefulSetClaimFindings(
  volumes: readonly PersistentVolumeEntry[],
  statefulSets: readonly KubeObject[],
  claims: readonly KubeObject[],
): ConditionFinding[] {
  const items = statefulSets.flatMap((object) => {
    const { namespace, name } = object.metadata;
    const mapping = new Map(
      volumes
        .filter(({ selection, pvc }) => selection.action === 'copy' && pvc.namespace === namespace)
        .map(({ pvc }) => parseMapping(pvc.name ?? ''))
        .map(({ source, target }) => [source, target]),
    );
    const bound = claims
      .filter(({ metadata, status }) => metadata.namespace === namespace && status?.phase === 'Bound')
      .map(({ metadata }) => metadata.name);
    const left = claimsWithoutCounterpart(object, mapping, bound).map(
      (claim) => `${claim} is not copied, and its pod would get an empty one.`,
    );
    return [...templateRenames(object, mapping).problems, ...left].map(
      (problem) => `StatefulSet ${namespace}/${name}: ${problem}`,
    );
  });
  if (items.length === 0) return [];
  return [
    critical(
      'StatefulSetClaimsNotUniform',
      'Conflict',
      'Claims of StatefulSets cannot be found under the names the plan gives them: []. Correct spec.persistentVolumes[].pvc.name and selection.action.',
      items,
    ),
  ];
}
