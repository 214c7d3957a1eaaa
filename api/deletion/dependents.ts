import pLimit from 'p-limit';
import {
  type Actor,
  isGoneOrReplaced,
  type MigrationStore,
  type ResourceKey,
  SYSTEM_ACTOR,
} from '../../migrations-db/migration-store.js';
import { findKind } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FOREGROUND_DELETION, ORPHAN_DEPENDENTS } from '../../resources/meta/labels.js';
import { blocks, isBeingDeleted, stateOfOwner, withoutOwners } from './owners.js';

/** Objects read at a time, and worked on side by side. */
const BATCH = 200;
const inTurn = pLimit(4);

export const keyOf = ({ kind, metadata }: KubeObject): ResourceKey => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** The objects of other kinds that go before their owner does, as its definition says. */
async function namedDependents(
  { resources }: MigrationStore,
  { dependents = [] }: KindDefinition,
  { namespace, name }: Pick<ResourceKey, 'namespace' | 'name'>,
  limit?: number,
): Promise<KubeObject[]> {
  const lists = dependents.map(({ kind, field }) =>
    resources.list({ kind, namespace, fieldSelector: `${field}=${name}`, limit, uncounted: true }),
  );
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** The finalizer that keeps an object until its dependents were dealt with; undefined when it can go at once. */
export async function waitsFor(
  store: MigrationStore,
  definition: KindDefinition,
  key: ResourceKey,
  propagation: Propagation,
): Promise<string | undefined> {
  if (propagation !== 'Orphan' && (await namedDependents(store, definition, key, 1)).length > 0) {
    return FOREGROUND_DELETION;
  }
  if (propagation === 'Background') return undefined;
  const owner = (await store.resources.get(key))?.metadata.uid;
  const owns = owner !== undefined && (await store.resources.find({ owner }, 1)).length > 0;
  if (!owns) return undefined;
  return propagation === 'Orphan' ? ORPHAN_DEPENDENTS : FOREGROUND_DELETION;
}

/** The object with a mark that keeps it until its dependents were dealt with. One that is on its way already takes no more marks. */
export const withFinalizer =
  (finalizer: string) =>
  (object: KubeObject): KubeObject => {
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined || finalizers.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
  };

/**
 * Deals with the dependents of an object that waits for that, and lets it go when it need not wait any longer. May be repeated at any time.
 *
 * @param actor who deletes the dependents
 */
export async function settleOwner(store: MigrationStore, owner: KubeObject, actor = SYSTEM_ACTOR): Promise<void> {
  if (isBeingDeleted(owner, ORPHAN_DEPENDENTS)) {
    await orphanDependents(store, owner.metadata.uid ?? '');
    await release(store, owner, ORPHAN_DEPENDENTS);
  }
  if (isBeingDeleted(owner, FOREGROUND_DELETION)) {
    await removeNamed(store, owner, actor);
    await collectOwned(store, owner.metadata.uid ?? '');
    if (!(await hasBlocking(store, owner))) await release(store, owner, FOREGROUND_DELETION);
  }
}

async function removeNamed(store: MigrationStore, owner: KubeObject, actor: Actor): Promise<void> {
  const definition = findKind(owner.kind);
  const dependents = definition ? await namedDependents(store, definition, keyOf(owner)) : [];
  const present = dependents.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  await Promise.all(present.map((object) => inTurn(() => removeObject(store, object, 'Background', actor))));
}

async function hasBlocking(store: MigrationStore, owner: KubeObject): Promise<boolean> {
  const { uid = '' } = owner.metadata;
  const definition = findKind(owner.kind);
  if (definition && (await namedDependents(store, definition, keyOf(owner), 1)).length > 0) return true;
  return (await store.resources.find({ owner: uid })).some((object) => blocks(object, uid));
}

async function orphanDependents({ resources }: MigrationStore, uid: string): Promise<void> {
  const letGo = (object: KubeObject) =>
    unlessGone(resources.update(keyOf(object), (now) => withoutOwners(now, new Set([uid])), asSystem(object)));
  for (let owned = await resources.find({ owner: uid }, BATCH); owned.length > 0; ) {
    await Promise.all(owned.map((object) => inTurn(() => letGo(object))));
    owned = await resources.find({ owner: uid }, BATCH);
  }
}

/** Removes what an object owned that is gone, or that waits for its dependents to go. */
export async function collectOwned(store: MigrationStore, ownerUid: string): Promise<void> {
  const owned = (await store.resources.find({ owner: ownerUid })).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  await Promise.all(owned.map((object) => inTurn(() => collect(store, object))));
}

/** Removes an object none of whose owners is there any more; one that has others forgets those that are gone. */
export async function collect(store: MigrationStore, object: KubeObject): Promise<void> {
  const references = object.metadata.ownerReferences ?? [];
  const states = await Promise.all(references.map((reference) => stateOfOwner(store, object, reference)));
  const uidsOf = (...wanted: string[]) =>
    references.filter((_, i) => wanted.includes(states[i] ?? '')).map((r) => r.uid);
  const past = new Set(uidsOf('gone', 'deletesDependents'));
  if (past.size === 0) return;
  if (uidsOf('there', 'unknown').length > 0) {
    await unlessGone(store.resources.update(keyOf(object), (now) => withoutOwners(now, past), asSystem(object)));
    return;
  }
  const waited = uidsOf('deletesDependents').length > 0;
  await removeObject(store, object, waited ? 'Foreground' : 'Background', SYSTEM_ACTOR);
}

/** As a user's DELETE would, of this very object. */
async function removeObject(
  store: MigrationStore,
  object: KubeObject,
  propagation: Propagation,
  actor: Actor,
): Promise<void> {
  const { resources } = store;
  const key = keyOf(object);
  const options = { actor, uid: object.metadata.uid };
  const definition = findKind(object.kind);
  const finalizer = definition && (await waitsFor(store, definition, key, propagation));
  if (finalizer) await unlessGone(resources.update(key, withFinalizer(finalizer), options));
  await unlessGone(resources.remove(key, options));
}

async function release(store: MigrationStore, owner: KubeObject, finalizer: string): Promise<void> {
  const letGo = ({ metadata, ...now }: KubeObject): KubeObject => ({
    ...now,
    metadata: { ...metadata, finalizers: metadata.finalizers?.filter((name) => name !== finalizer) },
  });
  await unlessGone(store.resources.update(keyOf(owner), letGo, asSystem(owner)));
}

const asSystem = ({ metadata }: KubeObject) => ({ actor: SYSTEM_ACTOR, uid: metadata.uid });

/** What is gone, or another of its name by now, needs nothing more. */
async function unlessGone(write: Promise<unknown>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isGoneOrReplaced(error)) throw error;
  });
}
