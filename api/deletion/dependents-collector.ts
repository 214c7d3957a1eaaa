import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { KINDS } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { STORE } from '../http/tokens.js';
import { watchEvents } from '../watch/watch-events.js';
import { releaseOwners } from './dependents.js';

const RETRY_MS = 5_000;

/** Removes an object that waits for its dependents when the last of them is gone. Any number of replicas may run it. */
@Injectable()
export class DependentsCollector implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  onApplicationBootstrap(): void {
    for (const definition of KINDS) {
      for (const { kind } of definition.dependents ?? []) void this.collect(definition, kind);
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async collect(owners: KindDefinition, dependents: string): Promise<void> {
    const { signal } = this.stopping;
    const query = { selection: { kind: dependents }, bookmarks: false, markInitial: false };
    while (!signal.aborted) {
      try {
        await releaseOwners(this.store, owners);
        for await (const event of watchEvents(this.store.resources, query, signal)) {
          if (event.type === 'DELETED') await releaseOwners(this.store, owners);
        }
      } catch {
        // The log was compacted under the watch, or the database went away: begin again with what there is.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
