import { listSome } from '../meta/listing.js';
import type { PersistentVolumeEntry } from './persistent-volume-entry.js';

/** Source half of `source[:target]`. */
const sourceClaim = (name: string | undefined): string | undefined => name?.split(':')[0];

/**
 * A user's list of volumes laid over the stored one, by name: of a volume that is already known only what users own is taken
 * (`selection`, `pvc.name` and the proposed capacity), field by field; volumes the user's list leaves out stay as they are. New names are
 * added at the end for discovery to judge. A whole entry, as it was read from the plan, also takes away what it no
 * longer holds, but for what a plan always says of a volume.
 */
export function mergeVolumes(
  sent: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[],
): PersistentVolumeEntry[] {
  const sentByName = new Map(sent.map((entry) => [entry.name, entry]));
  const merged = stored.map((known) => {
    const entry = sentByName.get(known.name);
    return entry ? mergeEntry(entry, known) : known;
  });
  const knownNames = new Set(stored.map((entry) => entry.name));
  return [...merged, ...[...sentByName.values()].filter((entry) => !knownNames.has(entry.name))];
}

function mergeEntry(entry: PersistentVolumeEntry, known: PersistentVolumeEntry): PersistentVolumeEntry {
  const { capacityConfirmed, proposedCapacity, ...others } = known;
  // An applier may have given up all that it chose.
  const { action, copyMethod, storageClass, verify } = known.selection ?? {};
  const kept: Partial<PersistentVolumeEntry> = isWhole(entry)
    ? { selection: { action, copyMethod, storageClass, verify } }
    : { selection: known.selection, capacityConfirmed, proposedCapacity };
  const wanted = {
    capacityConfirmed: entry.capacityConfirmed ?? kept.capacityConfirmed,
    proposedCapacity: entry.proposedCapacity ?? kept.proposedCapacity,
  };
  return {
    ...others,
    selection: { ...kept.selection, ...entry.selection },
    pvc: entry.pvc?.name === undefined ? known.pvc : { ...known.pvc, name: entry.pvc.name },
    ...(wanted.capacityConfirmed !== undefined && { capacityConfirmed: wanted.capacityConfirmed }),
    ...(wanted.proposedCapacity !== undefined && { proposedCapacity: wanted.proposedCapacity }),
  };
}

/** Of these discovery writes what the user did not choose. */
const ALWAYS_SAID = ['action', 'copyMethod', 'storageClass', 'verify'] as const;

/** As it was read from the plan and sent back; no one else writes what is supported. */
const isWhole = ({ supported }: PersistentVolumeEntry): boolean => supported !== undefined;

/** What a user's list asked for and the one made of it does not hold; a sentence each. */
export function droppedFromVolumes(
  sent: readonly PersistentVolumeEntry[],
  stored: readonly PersistentVolumeEntry[],
  made: readonly PersistentVolumeEntry[],
): string[] {
  const storedByName = new Map(stored.map((entry) => [entry.name, entry]));
  const merged = new Map(made.map((entry) => [entry.name, entry]));
  const names = new Set(sent.map(({ name }) => name));
  const leftOut = sent.every(isWhole) ? stored.filter(({ name }) => !names.has(name)) : [];
  return [
    ...sent.flatMap((entry, index) => {
      const now = merged.get(entry.name);
      if (!storedByName.has(entry.name) || !now) return [];
      const place = `spec.persistentVolumes[${index}] (${entry.name})`;
      const fields = changedFields(entry, now);
      const removed = isWhole(entry)
        ? ALWAYS_SAID.filter((field) => now.selection?.[field] !== undefined && entry.selection?.[field] === undefined)
        : [];
      return [
        ...(fields.length > 0
          ? [
              `${place}: ${listSome(fields)} not changed: discovery writes what is not in selection, pvc.name, proposedCapacity and capacityConfirmed`,
            ]
          : []),
        ...removed.map(
          (field) => `${place}: selection.${field} stays as it was; write another value instead of removing it`,
        ),
      ];
    }),
    ...(sent.length > names.size
      ? ['spec.persistentVolumes names volumes more than once; the last entry of each was taken']
      : []),
    ...(leftOut.length > 0
      ? [
          `spec.persistentVolumes: volumes that are left out stay in the list: ${listSome(leftOut.map(({ name }) => name))}. Set selection.action to skip to leave one out of migrations`,
        ]
      : []),
  ];
}

/** Paths of leaves that were sent and differ from what is there now. */
function changedFields(sent: unknown, now: unknown, path = ''): string[] {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    return JSON.stringify(sent) === JSON.stringify(now) ? [] : [path];
  }
  return Object.entries(sent).flatMap(([field, value]) =>
    value === undefined
      ? []
      : changedFields(value, (now as Record<string, unknown> | undefined)?.[field], path ? `${path}.${field}` : field),
  );
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
