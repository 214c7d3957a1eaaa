import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { warn } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { parseQuantity } from '../../meta/quantity.js';
import { parseMapping } from '../mappings.js';

/**
 * What the target claim asks for: what the source claim asks for, as MTC without resizing, or more where the user says so. The volume
 * itself may be far larger, such as an export that an administrator made once for many.
 */
export function targetSize(
  entry: Pick<PersistentVolumeEntry, 'capacity' | 'capacityConfirmed' | 'proposedCapacity' | 'pvc'>,
): string {
  const least = String(entry.pvc?.requested ?? entry.capacity ?? '');
  const proposed = entry.capacityConfirmed ? String(entry.proposedCapacity ?? '') : '';
  return parseQuantity(proposed) > parseQuantity(least) || least === '' ? proposed || least : least;
}

/** What a provisioner made was made for its claim: a little larger at most, and so will be the one on the target. */
const isProvisioned = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined;

/**
 * Volumes that an administrator made larger than their claims ask for. They may hold more than fits into what the target makes of the
 * same claim; how much only the copy shows.
 */
export function capacityFindings(
  entries: readonly PersistentVolumeEntry[],
  volumes: ReadonlyMap<string, KubeObject>,
): ConditionFinding[] {
  const items = entries.flatMap((entry) => {
    const { name, capacity = '', selection, pvc } = entry;
    const volume = volumes.get(name);
    const size = targetSize(entry);
    const isLarger = parseQuantity(capacity) > parseQuantity(size);
    if (selection.action !== 'copy' || !isLarger || !volume || isProvisioned(volume)) return [];
    return [`${pvc.namespace}/${parseMapping(pvc.name ?? '').source} (volume ${capacity}, claim ${size})`];
  });
  if (items.length === 0) return [];
  const message =
    'Volumes are larger than their claims ask for, and the target is given what the claims ask for: []. Where they hold more, set proposedCapacity and capacityConfirmed of the volume.';
  return [warn('PvCapacityAdjustmentRequired', 'LargerThanRequested', message, items)];
}
