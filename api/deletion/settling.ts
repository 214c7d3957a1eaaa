import type { Actor, MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { keyOf, settleOwner } from './dependents.js';

interface Work {
  again: boolean;
  done: Promise<void>;
}

/** One piece of work for each owner at a time: who asks while it is done has it looked at once more, and waits for that. */
export class Settling {
  private readonly running = new Map<string, Work>();

  constructor(private readonly store: MigrationStore) {}

  settle(owner: KubeObject, actor?: Actor): Promise<void> {
    const { uid = '' } = owner.metadata;
    const known = this.running.get(uid);
    if (known) {
      known.again = true;
      return known.done;
    }
    const work: Work = { again: false, done: Promise.resolve() };
    this.running.set(uid, work);
    work.done = this.work(work, owner, actor);
    return work.done;
  }

  private async work(work: Work, owner: KubeObject, actor: Actor | undefined): Promise<void> {
    const { uid = '' } = owner.metadata;
    try {
      let now: KubeObject | undefined = owner;
      while (now?.metadata.uid === uid) {
        work.again = false;
        await settleOwner(this.store, now, actor);
        if (!work.again) return;
        now = await this.store.resources.get(keyOf(owner));
      }
    } finally {
      this.running.delete(uid);
    }
  }
}
