import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import { parseMapping } from '../mappings.js';
import type { DiscoveredVolume } from './discover.js';

/**
 * Lays what was discovered over a plan's list: `selection` and the target half of `pvc.name` stay the user's, gaps get MTC's
 * defaults; all else is discovery's. Volumes that are gone leave the list.
 *
 * @param chooseClass target storage class for a volume without a chosen one
 * @param nameTarget target claim for a volume without a named one; by default the source claim's name
 */
export function mergeDiscovered(
  entries: readonly PersistentVolumeEntry[],
  discovered: readonly DiscoveredVolume[],
  chooseClass: (volume: DiscoveredVolume) => string,
  nameTarget?: (volume: DiscoveredVolume) => string,
): PersistentVolumeEntry[] {
  return discovered.map((volume) => {
    const known = entries.find(({ name }) => name === volume.name);
    const { name, capacity, storageClass, supported, pvc } = volume;
    return {
      ...known,
      name,
      capacity,
      storageClass,
      supported,
      pvc: { ...pvc, name: mappedName(pvc.name, known?.pvc?.name, nameTarget?.(volume)) },
      selection: {
        ...known?.selection,
        action: known?.selection?.action ?? defaultAction(supported.actions),
        copyMethod: known?.selection?.copyMethod ?? (pvc.volumeMode === 'Block' ? 'block' : 'filesystem'),
        storageClass: known?.selection?.storageClass ?? chooseClass(volume),
        verify: known?.selection?.verify ?? false,
      },
    };
  });
}

const defaultAction = (actions: readonly string[]) => (actions.includes('copy') ? 'copy' : 'skip');

function mappedName(claim: string, written: string | undefined, proposed = claim): string {
  const { source, target } = parseMapping(written ?? claim);
  if (source === claim && target !== claim) return `${claim}:${target}`;
  if (proposed === claim) return claim;
  // Written out on purpose: left for the rules to judge.
  return written === `${claim}:${claim}` ? written : `${claim}:${proposed}`;
}
