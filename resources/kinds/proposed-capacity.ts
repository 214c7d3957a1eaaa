import type { FieldError } from '../meta/kind-definition.js';
import { parseQuantity } from '../meta/quantity.js';
import type { PersistentVolumeEntry } from './persistent-volume-entry.js';

/** Entries whose proposal is not the one that was there. */
function changedProposals(next: readonly PersistentVolumeEntry[], stored: readonly PersistentVolumeEntry[]) {
  const known = new Map(stored.map((entry) => [entry.name, entry]));
  return next
    .map((entry, index) => ({ entry, field: `spec.persistentVolumes[${index}].proposedCapacity` }))
    .filter(({ entry }) => {
      const before = known.get(entry.name);
      return (
        String(before?.proposedCapacity ?? '') !== String(entry.proposedCapacity ?? '') ||
        before?.capacityConfirmed !== entry.capacityConfirmed
      );
    });
}

/** MTC writes 0 where nothing is proposed. */
const proposalOf = ({ proposedCapacity }: PersistentVolumeEntry): number | undefined => {
  const size = parseQuantity(proposedCapacity ?? 0);
  return size === 0 ? undefined : size;
};

/** Proposals of a size that no claim of the target could be given. */
export const proposalErrors = (
  next: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[] = [],
): FieldError[] =>
  changedProposals(next, stored).flatMap(({ entry, field }) => {
    const size = proposalOf(entry);
    const { name, proposedCapacity, capacityConfirmed, pvc } = entry;
    const wrong = (message: string): FieldError[] => [{ field, reason: 'FieldValueInvalid', message }];
    if (size === undefined) return [];
    if (!(size > 0 && Number.isFinite(size))) {
      return wrong(`"${proposedCapacity}" of volume ${name} is not a size; write a quantity such as 20Gi`);
    }
    if (!capacityConfirmed || pvc?.requested === undefined || size >= parseQuantity(pvc.requested)) return [];
    return wrong(
      `${proposedCapacity} of volume ${name} is smaller than the ${pvc.requested} its claim asks for, and the new claim asks for no less; write a larger size, or leave it out`,
    );
  });

/** Proposals that have no effect as they were written. */
export const proposalWarnings = (
  next: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[] = [],
): string[] =>
  changedProposals(next, stored).flatMap(({ entry, field }) => {
    const proposed = proposalOf(entry) !== undefined;
    if (proposed === (entry.capacityConfirmed === true)) return [];
    return proposed
      ? [`${field} (${entry.name}) has an effect once capacityConfirmed of the entry is true`]
      : [`${field} (${entry.name}) is not set, so that capacityConfirmed has no effect`];
  });
