import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { error } from '../../meta/findings.js';
import { isUnmapped } from '../itinerary.js';
import { parseMapping } from '../mappings.js';

/** Each volume needs a claim of its own on the target; in a conversion, another one than it has. */
export function claimNameFindings(volumes: readonly PersistentVolumeEntry[], converts: boolean): ConditionFinding[] {
  const copied = volumes
    .filter(({ selection }) => selection.action === 'copy')
    .map(({ pvc }) => ({ namespace: pvc.namespace, ...parseMapping(pvc.name ?? '') }));
  const same = converts ? copied.filter(isUnmapped) : [];
  const shared = copied.filter((claim) =>
    copied.some(
      (other) => other.source !== claim.source && other.namespace === claim.namespace && other.target === claim.target,
    ),
  );
  const items = [
    ...same.map(({ namespace, source }) => `${namespace}/${source} keeps its name`),
    ...shared.map(({ namespace, source, target }) => `${namespace}/${source} goes to ${target} as others do`),
  ];
  if (items.length === 0) return [];
  return [
    error(
      'PvNameConflict',
      'Conflict',
      'Volumes need claims of their own: []. Write <claim>:<another name> into spec.persistentVolumes[].pvc.name.',
      items,
    ),
  ];
}
