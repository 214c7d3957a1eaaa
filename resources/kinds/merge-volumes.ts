import type { PersistentVolumeEntry } from './persistent-volume-entry.js';

/** Source half of `source[:target]`. */
const sourceClaim = (name: string | undefined): string | undefined => name?.split(':')[0];

/**
 * A user's list of volumes laid over the stored one, by name: of a volume that is already known only `selection` and `pvc.name` are
 * taken, field by field; volumes the user's list leaves out stay as they are. New names are added at the end for discovery to judge.
 */
export function mergeVolumes(
  sent: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[],
): PersistentVolumeEntry[] {
  const sentByName = new Map(sent.map((entry) => [entry.name, entry]));
  const merged = stored.map((known) => {
    const entry = sentByName.get(known.name);
    if (!entry) return known;
    const pvc = entry.pvc?.name === undefined ? known.pvc : { ...known.pvc, name: entry.pvc.name };
    return { ...known, selection: { ...known.selection, ...entry.selection }, ...(pvc && { pvc }) };
  });
  const knownNames = new Set(stored.map((entry) => entry.name));
  return [...merged, ...sent.filter((entry) => !knownNames.has(entry.name))];
}

/** Volumes without what a user gave up of them. The claim a volume is bound to cannot be given up: only its name on the target can. */
export const withClaims = (
  kept: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[],
): PersistentVolumeEntry[] =>
  kept.map((entry) => {
    const name = entry.pvc?.name ?? sourceClaim(stored.find((known) => known.name === entry.name)?.pvc?.name);
    return { ...entry, selection: entry.selection ?? {}, ...(name !== undefined && { pvc: { ...entry.pvc, name } }) };
  });

/** Index of each entry whose claim is not the one the volume is bound to. */
export const claimsChanged = (
  next: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[],
): { index: number; claim: string }[] => {
  // The first of a name counts.
  const claims = new Map(stored.toReversed().map(({ name, pvc }) => [name, sourceClaim(pvc?.name)]));
  return next.flatMap((entry, index) => {
    const claim = claims.get(entry.name);
    return claim !== undefined && sourceClaim(entry.pvc?.name) !== claim ? [{ index, claim }] : [];
  });
};
