import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import pLimit from 'p-limit';
import type { Actor, LoggedChange, MigrationStore, ResourceKey } from '../../migrations-db/migration-store.js';
import { findKind, KINDS } from '../../resources/kinds/index.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FOREGROUND_DELETION, ORPHAN_DEPENDENTS } from '../../resources/meta/labels.js';
import { fieldText } from '../../resources/meta/selectors.js';
import { STORE } from '../http/tokens.js';
import { ChangeFeed } from '../watch/change-feed.js';
import { followLog } from '../watch/follow-log.js';
import { collect, collectOwned, keyOf } from './dependents.js';
import { isBeingDeleted } from './owners.js';
import { Settling } from './settling.js';

const RETRY_MS = 5_000;
/** Longest that a DELETE waits for what follows from it; the rest is done without it. */
const ANSWER_MS = 2_000;
/** Objects without owners that are read at a time. */
const BATCH = 200;
/** Reactions to changes side by side: requests need the database as well. */
const SIDE_BY_SIDE = 4;

const WAITING = [FOREGROUND_DELETION, ORPHAN_DEPENDENTS];
const waits = (object: KubeObject): boolean => WAITING.some((finalizer) => isBeingDeleted(object, finalizer));

/**
 * Does what Kubernetes' garbage collector does: removes what is left of owners that are gone, deals with the dependents of an object that waits
 * for them, and lets that one go. Reads the change log; at its start, and after a failure, it looks for all that is to be done. Any number of
 * replicas may run it.
 */
@Injectable()
export class DependentsCollector implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly settling: Settling;
  private readonly inTurn = pLimit(SIDE_BY_SIDE);
  private restart = new AbortController();

  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
  ) {
    this.settling = new Settling(store);
  }

  onApplicationBootstrap(): void {
    void this.run();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    this.inTurn.clearQueue();
  }

  /** Begins at once with what a deletion is to bring about, and waits a little for it. */
  async settleSoon(owner: KubeObject, actor: Actor): Promise<void> {
    const settled = this.settling.settle(owner, actor).catch(() => this.lookAgain());
    await Promise.race([settled, sleep(ANSWER_MS, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { resources } = this.store;
    while (!signal.aborted) {
      this.restart = new AbortController();
      const until = AbortSignal.any([signal, this.restart.signal]);
      try {
        const start = await resources.currentRevision();
        await this.lookForAll();
        for await (const { changes } of followLog({ resources, feed: this.feed }, start, {}, until)) {
          for (const change of changes) this.reactTo(change);
        }
      } catch {
        // The log was compacted under it, or the database went away: begin again with what there is.
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private lookAgain(): void {
    this.restart.abort();
  }

  private async lookForAll(): Promise<void> {
    const { resources } = this.store;
    for (const finalizer of WAITING) {
      const waiting = await resources.find({ finalizer, deleting: true });
      await Promise.all(waiting.map((owner) => this.inTurn(() => this.settling.settle(owner))));
    }
    let ownerless = await resources.findOwnerless(BATCH);
    while (ownerless.length > 0) {
      for (const object of ownerless) await collect(this.store, object);
      ownerless = await resources.findOwnerless(BATCH, ownerless.at(-1)?.metadata.uid);
    }
  }

  private reactTo({ type, object, previous }: LoggedChange): void {
    if (type === 'DELETED') {
      this.later(() => collectOwned(this.store, object.metadata.uid ?? ''));
      for (const owner of [...ownersOf(object), ...namedOwnersOf(object)])
        this.later(() => this.settleIfWaiting(owner));
      return;
    }
    if (waits(object) && !(previous && waits(previous))) this.later(() => this.settling.settle(object));
    const uids = uidsOf(object);
    if (previous) {
      const former = ownersOf(previous).filter(({ uid }) => !uids.includes(uid));
      for (const owner of former) this.later(() => this.settleIfWaiting(owner));
    }
    if (uids.length > 0 && String(uids) !== String(previous && uidsOf(previous))) {
      this.later(() => this.collectIfThere(object));
    }
  }

  /** As it is by now. */
  private async collectIfThere(object: KubeObject): Promise<void> {
    const now = await this.store.resources.get(keyOf(object));
    if (now && now.metadata.uid === object.metadata.uid) await collect(this.store, now);
  }

  private later(work: () => Promise<void>): void {
    void this.inTurn(work).catch(() => this.lookAgain());
  }

  private async settleIfWaiting(key: ResourceKey): Promise<void> {
    const owner = await this.store.resources.get(key);
    if (owner && waits(owner)) await this.settling.settle(owner);
  }
}

const uidsOf = ({ metadata }: KubeObject): string[] => metadata.ownerReferences?.map(({ uid }) => uid) ?? [];

const ownersOf = ({ metadata }: KubeObject): (ResourceKey & { uid: string })[] =>
  (metadata.ownerReferences ?? []).flatMap(({ kind, name, uid }) => {
    const definition = findKind(kind);
    return definition ? [{ kind, namespace: definition.namespaced ? (metadata.namespace ?? '') : '', name, uid }] : [];
  });

/** Those whose kind says that objects of this one's kind go first. */
const namedOwnersOf = (object: KubeObject): ResourceKey[] =>
  KINDS.flatMap(({ kind, dependents = [] }) =>
    dependents
      .filter((dependent) => dependent.kind === object.kind)
      .map(({ field }) => ({ kind, namespace: keyOf(object).namespace, name: fieldText(object, field) })),
  );
