import { once } from 'node:events';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Response } from 'express';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { statusOf } from '../http/status.js';
import { STORE } from '../http/tokens.js';
import type { Presentation } from '../present/negotiate.js';
import { partialMetadata } from '../present/partial.js';
import { toTable } from '../present/table.js';
import { type WatchEvent, watchEvents } from './watch-events.js';
import type { WatchQuery } from './watch-query.js';

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** Runs the watches; they end when the client goes, their time is over or the service stops. */
@Injectable()
export class WatchService implements OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Writes the events as lines of JSON; resolves when the watch has ended. Rejects only before the first byte. */
  async stream(
    definition: KindDefinition,
    query: WatchQuery,
    presentation: Presentation,
    response: Response,
  ): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const abort = AbortSignal.any([gone.signal, this.stopping.signal, AbortSignal.timeout(query.seconds * 1000)]);
    const events = watchEvents(this.store.resources, query, abort);
    if (query.after !== undefined) {
      // A resourceVersion that is too old is told before the stream begins.
      await this.store.resources.changesAfter(query.after, query.selection, 1);
    }
    response.status(200).type('application/json').flushHeaders();
    try {
      let first = true;
      for await (const event of events) {
        await writeLine(response, lineOf(definition, event, presentation, first));
        first = false;
        if (abort.aborted) break;
      }
    } catch (error) {
      await writeLine(response, { type: 'ERROR', object: statusOf(error) });
    }
    response.end();
  }
}

/** Column definitions go with the first event only, as kubectl expects. */
function lineOf(
  definition: KindDefinition,
  event: WatchEvent,
  { table, partial }: Presentation,
  first: boolean,
): unknown {
  if (event.type === 'BOOKMARK') {
    const metadata = {
      resourceVersion: event.revision,
      ...(event.initialEventsEnd && { annotations: INITIAL_EVENTS_END }),
    };
    if (partial) return { type: event.type, object: partialMetadata({ metadata }) };
    const object = table
      ? { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: [], rows: [] }
      : { kind: definition.kind, apiVersion: apiVersionOf(definition), metadata };
    return { type: event.type, object };
  }
  if (partial) return { type: event.type, object: partialMetadata(event.object) };
  if (!table) return event;
  const { resourceVersion } = event.object.metadata;
  const rows = toTable(definition, [event.object], { resourceVersion }, table);
  return { type: event.type, object: first ? rows : { ...rows, columnDefinitions: [] } };
}

/** Waits for a slow reader rather than keeping its events in memory. */
async function writeLine(response: Response, line: unknown): Promise<void> {
  if (response.destroyed || response.write(`${JSON.stringify(line)}\n`)) return;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
}
