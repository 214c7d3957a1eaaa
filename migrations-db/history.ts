import type { Database } from './database.js';

/** Runs dealt with in one transaction, and transactions in one round; the rest waits for the next round. */
const BATCH = 100;
const BATCHES = 20;

/**
 * Ended runs of which only the outline is needed any more: a later run of the plan is there, nothing they made is, and they did not pass the
 * commit point, or were rolled back since. A rollback can so be made for as long as there is something to take back.
 */
const SPENT = `
  SELECT uid, attempt FROM runs run
  WHERE record IS NOT NULL AND ended_at < now() - make_interval(days => $1)
    AND EXISTS (SELECT FROM runs later WHERE later.plan_uid = run.plan_uid AND later.started_at > run.started_at)
    AND NOT EXISTS (SELECT FROM created_objects made WHERE made.run_uid = run.uid AND made.attempt = run.attempt)
    AND (NOT facts ? 'commitPoint' OR EXISTS (
      SELECT FROM runs back WHERE back.plan_uid = run.plan_uid AND back.started_at > run.started_at
        AND back.itinerary = 'Rollback' AND back.state IN ('Succeeded', 'SucceededWithWarnings')))
  ORDER BY ended_at LIMIT $2`;

/** Ended runs of which nothing is needed: the object that was run and its plan are gone. */
const GONE = `
  SELECT uid, attempt FROM runs run
  WHERE ended_at < now() - make_interval(days => $1)
    AND NOT EXISTS (SELECT FROM resources WHERE uid = run.uid)
    AND NOT EXISTS (SELECT FROM resources WHERE uid = run.plan_uid)
  ORDER BY ended_at LIMIT $2`;

const details = (table: string): string =>
  `DELETE FROM ${table} detail USING old WHERE detail.uid = old.uid AND detail.attempt = old.attempt`;

const remove = (selected: string, last: string): string => `
  WITH old AS (${selected}),
    logs AS (${details('run_logs')}),
    steps AS (${details('run_steps')}),
    transfers AS (${details('volume_transfers')}),
    ${last}
  SELECT count(*) FROM old`;

const FORGET_DETAILS = remove(
  SPENT,
  'records AS (UPDATE runs SET record = NULL FROM old WHERE runs.uid = old.uid AND runs.attempt = old.attempt)',
);

const FORGET_RUNS = remove(
  GONE,
  `made AS (DELETE FROM created_objects made USING old WHERE made.run_uid = old.uid AND made.attempt = old.attempt),
    gone AS (DELETE FROM runs USING old WHERE runs.uid = old.uid AND runs.attempt = old.attempt)`,
);

/** Removes what is kept of runs that ended more than so many days ago and is of no use to anyone. */
export async function removeOldHistory(database: Database, days: number): Promise<void> {
  for (const statement of [FORGET_RUNS, FORGET_DETAILS]) {
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const [old]: { count: string }[] = await database.run((manager) => manager.query(statement, [days, BATCH]));
      if (Number(old?.count) < BATCH) break;
    }
  }
}
