import {
  encodeOwners,
  keyOf,
  type ManagedFieldsEntry,
  type Manager,
  type Owned,
  type Owners,
} from './managed-fields.js';

/** More of them are put together, the oldest first; appliers keep what is theirs. */
const MAX_UPDATERS = 10;

/** As for annotations: who owns what must not be most of an object. */
export const MAX_MANAGED_FIELDS_BYTES = 256 * 1024;

/** More of them do not fit: one takes nine bytes, as `"f:a":{},`. */
export const MAX_OWNED_FIELDS = Math.floor(MAX_MANAGED_FIELDS_BYTES / 9);

/** The name under which Kubernetes keeps what older writers own. */
const ANCIENT = 'ancient-changes';

const sizeOf = (entries: readonly ManagedFieldsEntry[]): number => JSON.stringify(entries).length;

/** Owners with at most ten that wrote by update. */
export function capUpdaters(owners: Owners): Owners {
  const updaters = [...owners.values()].filter(({ who }) => who.operation === 'Update').sort(oldestFirst);
  if (updaters.length <= MAX_UPDATERS) return owners;
  const merged = updaters.slice(0, updaters.length - MAX_UPDATERS + 1);
  const rest = new Map([...owners].filter(([, owned]) => !merged.includes(owned)));
  const who: Manager = { ...(merged[0] as Owned).who, manager: ANCIENT, operation: 'Update', subresource: undefined };
  const fields = merged.map((owned) => owned.fields).reduce((all, some) => all.union(some));
  return rest.set(keyOf(who), { who, time: merged.at(-1)?.time, fields });
}

const oldestFirst = (one: Owned, other: Owned): number =>
  (one.time ?? '') === (other.time ?? '')
    ? keyOf(one.who) < keyOf(other.who)
      ? -1
      : 1
    : (one.time ?? '') < (other.time ?? '')
      ? -1
      : 1;

/**
 * Entries that fit the bound. Where they do not, what was written by update has no owner any more, so that no one is told of a conflict
 * over it; what was applied keeps its owners, since they remove by it.
 */
export function boundedEntries(owners: Owners): { entries: ManagedFieldsEntry[]; fits: boolean } {
  const all = encodeOwners(capUpdaters(owners));
  if (sizeOf(all) <= MAX_MANAGED_FIELDS_BYTES) return { entries: all, fits: true };
  const applied = all.filter(({ operation }) => operation === 'Apply');
  return { entries: applied, fits: sizeOf(applied) <= MAX_MANAGED_FIELDS_BYTES };
}
