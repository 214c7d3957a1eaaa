import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run/run-record.js';
import type { Database } from './database.js';
import type { CopyPlaces, WantedPlace } from './migration-store.js';

/** What a run that has ended holds, whoever did not get to give it back, is nobody's. */
const OPEN = `EXISTS (SELECT FROM runs WHERE runs.uid = place.run_uid AND runs.attempt = place.attempt AND runs.ended_at IS NULL)`;

/** The places of a volume, if in each of its clusters there is room for it beside those that hold one or come before it. */
const ADMITTED = `
  FROM copy_places mine WHERE run_uid = $1 AND attempt = $2 AND volume_id = $3
  HAVING bool_and(held OR (
    SELECT count(*) FROM copy_places place WHERE place.cluster = mine.cluster
      AND (place.held OR (place.rank, place.position) < (mine.rank, mine.position)) AND ${OPEN}) < $4)`;

/**
 * A volume has its place in all of its clusters or in none: so no two of them wait for each other. Those of halted applications go first,
 * then who came first.
 */
export class PostgresCopyPlaces implements CopyPlaces {
  constructor(private readonly database: Database) {}

  async take({ run, volumeId, clusters, urgent, limit }: WantedPlace): Promise<boolean> {
    const mine = [run.uid, run.attempt, volumeId] as const;
    const isAdmitted = async (manager: EntityManager): Promise<boolean> =>
      (await manager.query(`SELECT 1 ${ADMITTED}`, [...mine, limit])).length > 0;
    // Most of those who wait find out without holding up the others.
    const [found, free] = await this.database.run(async (manager) => [
      await manager.query('SELECT 1 FROM copy_places WHERE run_uid = $1 AND attempt = $2 AND volume_id = $3 LIMIT 1', [
        ...mine,
      ]),
      await isAdmitted(manager),
    ]);
    if (found.length > 0 && !free) return false;
    return this.database.transaction(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('copy places', 0))");
      await manager.query(`DELETE FROM copy_places place WHERE NOT ${OPEN}`);
      await manager.query(
        `INSERT INTO copy_places (cluster, run_uid, attempt, volume_id, rank) SELECT DISTINCT cluster, $1, $2::integer, $3, $5::smallint
         FROM unnest($4::text[]) cluster ON CONFLICT DO NOTHING`,
        [...mine, clusters, urgent ? 0 : 1],
      );
      if (!(await isAdmitted(manager))) return false;
      await manager.query('UPDATE copy_places SET held = true WHERE run_uid = $1 AND attempt = $2 AND volume_id = $3', [
        ...mine,
      ]);
      return true;
    });
  }

  async release({ uid, attempt }: RunRef, volumeId: string): Promise<void> {
    await this.database.run((manager) =>
      manager.query('DELETE FROM copy_places WHERE run_uid = $1 AND attempt = $2 AND volume_id = $3', [
        uid,
        attempt,
        volumeId,
      ]),
    );
  }
}
