import type { PersistentVolumeEntry } from '../../persistent-volume-entry.js';
import { parseMapping } from '../mappings.js';
import type { DiscoveredVolume } from './discover.js';

/**
 * Lays what was discovered over a plan's list: `selection` and the target half of `pvc.name` stay the user's, gaps get MTC's
 * defaults; all else is discovery's. Volumes that are gone leave the list.
 *
 * @param chooseClass target storage class for a volume nobody has chosen one for
 */
export function mergeDiscovered(
  entries: readonly PersistentVolumeEntry[],
  discovered: readonly DiscoveredVolume[],
  chooseClass: (volume: DiscoveredVolume) => string,
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
      pvc: { ...pvc, name: mappedName(pvc.name, known?.pvc?.name) },
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

function mappedName(claim: string, written: string | undefined): string {
  const { source, target } = parseMapping(written ?? claim);
  return source === claim && target !== claim ? `${claim}:${target}` : claim;
}
