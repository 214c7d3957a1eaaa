import { isDeepStrictEqual } from 'node:util';
import { compare } from './compare.js';
import { FieldSet } from './field-set.js';
import { fieldsOf, withDeclared, withoutNames } from './fields-of.js';
import { keyOf, type Manager, type Owned, type Owners } from './managed-fields.js';
import { merge } from './merge.js';
import { ownable, type Writing, withoutFields } from './ownership.js';
import type { PathElement } from './path-element.js';
import { remove, withoutNulls } from './remove.js';

/** A field that is to be changed and has another owner. */
export interface Conflict {
  who: Manager;
  path: PathElement[];
}

export interface Applied {
  object: unknown;
  owners: Owners;
  /** Leaves that went, since the applier no longer names them and has been their only owner. */
  pruned: FieldSet;
  /** Where there are some, nothing may be stored, unless the applier forces it. */
  conflicts: Conflict[];
}

/**
 * Makes an object what its applier wants of it: what it names has its values, what it named before and no longer does is gone unless others
 * own it too, and the rest is as it was.
 *
 * @throws ListError where a list of what is applied names an entry twice, or one of its entries has no name
 */
export function applyConfig(writing: Writing, owners: Owners, live: unknown, config: unknown): Applied {
  const { type, who } = writing;
  const key = keyOf(who);
  const former = owners.get(key);
  const merged = merge(type, live, config);
  const named = fieldsOf(type, config).without(writing.ignored);
  const fields = ownable(named, writing);
  const claimed: Owners = new Map(owners).set(key, { who, time: former?.time, fields });
  // What is applied has a name, which has no owner and which holds its metadata.
  const kept = former ? prune(writing, merged, [...claimed.values(), { fields: named }], former.fields) : merged;
  const object = withoutNulls(kept ?? {});
  const { added, modified, removed } = compare(type, live, object);
  const changed = added.union(modified).without(writing.ignored);
  const rest = withoutFields(withoutFields(claimed, changed, key), removed.without(writing.ignored), key);
  const same = former !== undefined && isSame(former.fields, fields) && isDeepStrictEqual(live, object);
  const next = new Map(rest);
  if (fields.isEmpty()) next.delete(key);
  else next.set(key, { who, time: same ? former.time : writing.now, fields });
  const gone = fieldsOf(type, merged)
    .difference(fieldsOf(type, object))
    .intersection(former?.fields ?? new FieldSet());
  const pruned = withoutNames(gone.leaves());
  return { object, owners: next, pruned, conflicts: conflictsOf(owners, changed, key) };
}

const isSame = (one: FieldSet, other: FieldSet): boolean =>
  one.difference(other).isEmpty() && other.difference(one).isEmpty();

const conflictsOf = (owners: Owners, changed: FieldSet, except: string): Conflict[] =>
  [...owners]
    .filter(([key]) => key !== except)
    .flatMap(([, { who, fields }]) => [...fields.intersection(changed).paths()].map((path) => ({ who, path })));

/** The merged object without what its applier has given up: fields of its former set that no manager owns now. */
function prune(
  { type }: Writing,
  merged: unknown,
  owners: readonly Pick<Owned, 'fields'>[],
  former: FieldSet,
): unknown {
  const all = withDeclared(type, fieldsOf(type, merged));
  const last = withDeclared(type, former);
  const owned = owners.map(({ fields }) => fields).reduce((one, other) => one.union(other), new FieldSet());
  // Below a field that goes there may be fields of others: what holds them comes back.
  const bare = withDeclared(type, fieldsOf(type, remove(type, merged, last)));
  const pruned = remove(type, merged, all.difference(bare.union(withDeclared(type, owned))));
  // What came to be there without ever being the applier's stays, unless the entry or key it hangs on goes.
  const left = withDeclared(type, fieldsOf(type, pruned));
  return remove(type, merged, all.difference(left).intersection(last), owned);
}
