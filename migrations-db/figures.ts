import type { Database } from './database.js';
import type { Figures } from './migration-store.js';

/** Of open runs: by the index of those, and of their objects alone. */
const FIGURES = `
  WITH open AS (
    SELECT runs.uid, runs.attempt, (object->'status'->>'downSince')::timestamptz AS down_since,
      jsonb_path_exists(object, '$.status.conditions[*] ? (@.reason == "NeedsAttention" || @.type == "Paused" || @.type == "UnwindBlocked")') AS held_up
    FROM runs LEFT JOIN resources ON resources.uid = runs.uid WHERE ended_at IS NULL
  ), copies AS (
    SELECT run_uid, open.attempt, volume_id, bool_and(held) AS held
    FROM copy_places JOIN open ON open.uid = run_uid AND open.attempt = copy_places.attempt GROUP BY 1, 2, 3
  )
  SELECT
    (SELECT count(*) FROM outbox) AS "outboxMessages",
    (SELECT coalesce(extract(epoch FROM now() - min(written_at)), 0) FROM outbox) AS "outboxAgeSeconds",
    (SELECT count(*) FROM open) AS "runsOpen",
    (SELECT count(*) FROM open WHERE held_up) AS "runsHeldUp",
    (SELECT count(*) FROM open WHERE down_since IS NOT NULL) AS "runsDown",
    (SELECT coalesce(extract(epoch FROM now() - min(down_since)), 0) FROM open) AS "longestDowntimeSeconds",
    (SELECT count(*) FROM copies WHERE held) AS "copiesRunning",
    (SELECT count(*) FROM copies WHERE NOT held) AS "copiesWaiting"`;

export async function readFigures(database: Database): Promise<Figures> {
  const [row]: [Record<keyof Figures, string>] = await database.run((manager) => manager.query(FIGURES));
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as unknown as Figures;
}
