import type { Database } from './database.js';
import { SYSTEM_ACTOR } from './migration-store.js';

/** How many changes a watcher may be behind. */
const CHANGES_KEPT = 20_000;
/** How long users' writes stay in the log, for audits. */
const AUDIT_DAYS = 90;

/** Moves the point the log reaches back to, and removes what is before it: watchers from before then get Gone. */
export async function compactChanges(database: Database, keep = CHANGES_KEPT): Promise<void> {
  await database.transaction(async (manager) => {
    await manager.query(
      `DELETE FROM changes USING revision WHERE changes.revision <= revision.value - $1
       AND (actor = $2 OR at < now() - make_interval(days => $3))`,
      [keep, SYSTEM_ACTOR.name, AUDIT_DAYS],
    );
    await manager.query('UPDATE revision SET compacted_to = greatest(compacted_to, value - $1)', [keep]);
  });
}
