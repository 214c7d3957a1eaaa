import { MIGRATION_CONTROLLER_NAME } from '../resources/kinds/migration-controller.js';
import { MIGRATION_NAMESPACE } from '../resources/meta/labels.js';
import { wholeSeconds } from '../resources/meta/time.js';
import { readSettings } from '../resources/run/settings.js';
import { compactChanges } from './compaction.js';
import type { Database, StoreLogger } from './database.js';
import { removeOldHistory } from './history.js';
import { type ResourceKey, type ResourceRepository, SYSTEM_ACTOR } from './migration-store.js';

const INTERVAL_MS = 10 * 60_000;
const EVENT_DAYS = 7;
/** Events removed at a time; the rest wait for the next round. */
const EVENTS_PER_ROUND = 500;

/** Keeps log, Events and the history of runs within bounds while the store is open; returns what ends it. */
export function startHousekeeping(database: Database, resources: ResourceRepository, logger?: StoreLogger): () => void {
  const keepHouse = async () => {
    await compactChanges(database);
    await removeOldEvents(database, resources);
    await removeOldHistory(database, await historyDays(resources));
  };
  const timer = setInterval(() => {
    keepHouse().catch((error) => logger?.warn({ err: error }, 'Could not remove what is old; it is tried again later'));
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function historyDays(resources: ResourceRepository): Promise<number> {
  const key = { kind: 'MigrationController', namespace: MIGRATION_NAMESPACE, name: MIGRATION_CONTROLLER_NAME };
  return readSettings((await resources.get(key))?.spec).settings.historyDays;
}

/** Through the log, so that those who watch Events see them go. */
export async function removeOldEvents(
  database: Database,
  resources: ResourceRepository,
  now = new Date(),
): Promise<void> {
  const oldest = wholeSeconds(new Date(now.getTime() - EVENT_DAYS * 86_400_000));
  const keys: ResourceKey[] = await database.run((manager) =>
    manager.query(
      `SELECT kind, namespace, name FROM resources
       WHERE kind = 'Event' AND coalesce(object->>'lastTimestamp', object->'metadata'->>'creationTimestamp') < $1 LIMIT $2`,
      [oldest, EVENTS_PER_ROUND],
    ),
  );
  for (const key of keys) {
    await resources.remove(key, { actor: SYSTEM_ACTOR });
  }
}
