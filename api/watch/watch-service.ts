import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Response } from 'express';
import type { Actor, MigrationStore } from '../../migrations-db/migration-store.js';
import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { statusOf } from '../http/status.js';
import { STORE } from '../http/tokens.js';
import type { Presentation } from '../present/negotiate.js';
import { partialMetadata } from '../present/partial.js';
import { ReadableSecrets } from '../present/readable-secrets.js';
import { toTable } from '../present/table.js';
import { writeText } from '../present/write-text.js';
import { ChangeFeed } from './change-feed.js';
import { textOf } from './change-ring.js';
import { type WatchEvent, watchEvents } from './watch-events.js';
import { WatchLimit } from './watch-limit.js';
import type { WatchQuery } from './watch-query.js';

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** Runs the watches; they end when the client goes, their time is over or the service stops. */
@Injectable()
export class WatchService implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly limit = new WatchLimit();

  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(ReadableSecrets) private readonly secrets: ReadableSecrets,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Writes the events as lines of JSON; resolves when the watch has ended. Rejects only before the first byte. */
  async stream(
    definition: KindDefinition,
    query: WatchQuery,
    presentation: Presentation,
    response: Response,
    caller: Actor,
  ): Promise<void> {
    const giveBack = this.limit.take(caller.name);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const { resources } = this.store;
      if (query.after !== undefined && this.feed.after(query.after, 1) === undefined) {
        // A resourceVersion that is too old is told before the stream begins.
        await resources.changesAfter(query.after, query.selection, 1);
      }
      const end = AbortSignal.timeout(query.seconds * 1000);
      const abort = AbortSignal.any([gone.signal, this.stopping.signal, end]);
      await this.write(definition, query, presentation, response, abort);
    } finally {
      giveBack();
    }
  }

  private async write(
    definition: KindDefinition,
    query: WatchQuery,
    presentation: Presentation,
    response: Response,
    abort: AbortSignal,
  ): Promise<void> {
    response.status(200).type('application/json').flushHeaders();
    try {
      let first = true;
      const source = { resources: this.store.resources, feed: this.feed };
      for await (const event of watchEvents(source, query, abort)) {
        await writeText(response, lineOf(definition, await this.shown(event), presentation, first));
        first = false;
        if (abort.aborted) break;
      }
    } catch (error) {
      await writeText(response, `${JSON.stringify({ type: 'ERROR', object: statusOf(error) })}\n`);
    }
    response.end();
  }

  private async shown(event: WatchEvent): Promise<WatchEvent> {
    if (event.type === 'BOOKMARK') return event;
    const [object = event.object] = await this.secrets.show([event.object]);
    return { ...event, object };
  }
}

/** Column definitions go with the first event only, as kubectl expects. */
function lineOf(
  definition: KindDefinition,
  event: WatchEvent,
  { table, partial }: Presentation,
  first: boolean,
): string {
  if (event.type === 'BOOKMARK') {
    const metadata = {
      resourceVersion: event.revision,
      ...(event.initialEventsEnd && { annotations: INITIAL_EVENTS_END }),
    };
    const object = partial
      ? partialMetadata({ metadata })
      : table
        ? { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: [], rows: [] }
        : { kind: definition.kind, apiVersion: apiVersionOf(definition), metadata };
    return `${JSON.stringify({ type: event.type, object })}\n`;
  }
  if (partial) return `${JSON.stringify({ type: event.type, object: partialMetadata(event.object) })}\n`;
  if (!table) return `{"type":"${event.type}","object":${textOf(event.object)}}\n`;
  const { resourceVersion } = event.object.metadata;
  const rows = toTable(definition, [event.object], { resourceVersion }, table);
  return `${JSON.stringify({ type: event.type, object: first ? rows : { ...rows, columnDefinitions: [] } })}\n`;
}
