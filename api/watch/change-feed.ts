import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type LogPart, type MigrationStore, StoreError } from '../../migrations-db/migration-store.js';
import { STORE } from '../http/tokens.js';
import { ChangeRing } from './change-ring.js';
import { WakeUp } from './wake-up.js';

const BATCH = 500;
/** Notifications only wake the feed; this often it looks without one. */
const LOOK_MS = 10_000;
/** Changes of so long a time are read together, however many notifications tell of them. */
const TICK_MS = 20;
const RETRY_MS = 1_000;

/**
 * The one reader of the change log in a process: what it reads is held for a while, and all watches take it from here. A watch that is further
 * behind reads the log itself until it has caught up.
 */
@Injectable()
export class ChangeFeed implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<() => void>();
  private ring: ChangeRing | undefined;
  private running = false;

  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Calls back when there is something new to take; returns the function that ends it. */
  onNews(listener: () => void): () => void {
    this.listeners.add(listener);
    if (!this.running) {
      this.running = true;
      void this.run();
    }
    return () => this.listeners.delete(listener);
  }

  /**
   * Changes after a revision, of all kinds, from memory; undefined when they are not held, or the revision is none that was read yet: ask the
   * database.
   */
  after(revision: string, limit: number): LogPart | undefined {
    return this.ring?.after(revision, limit);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const wakeUp = new WakeUp(signal);
    const stopListening = this.store.resources.onChange(wakeUp.signal);
    while (!signal.aborted) {
      if (await this.read()) {
        await wakeUp.wait(LOOK_MS);
        await sleep(TICK_MS);
      }
    }
    stopListening();
  }

  /** Whether all there is has been read. */
  private async read(): Promise<boolean> {
    const { resources } = this.store;
    try {
      if (!this.ring) {
        this.ring = new ChangeRing(await resources.currentRevision());
        // What was written since a watch read the log is not in the ring.
        this.tell();
      }
      const before = this.ring.upTo;
      const part = await resources.logAfter(before, {}, BATCH);
      this.ring.add(part);
      if (part.upTo !== before) this.tell();
      return part.changes.length < BATCH;
    } catch (error) {
      if (error instanceof StoreError && error.reason === 'Gone') {
        // The log was compacted past this, or the database is an older one: watches learn from the log itself what that means to them.
        this.ring = undefined;
        this.tell();
      }
      await sleep(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      return false;
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
