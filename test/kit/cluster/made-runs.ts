import pg from 'pg';
import type { MadeRun } from './leftover-check.js';

/** Every run that a system has recorded; deleting a migration or its plan forgets none. */
export async function madeRuns(databaseUrl: string | undefined): Promise<MadeRun[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<MadeRun>(
      `SELECT uid, namespace || '/' || name AS name, bool_and(ended_at IS NOT NULL) AS "isOver"
         FROM runs GROUP BY uid, namespace, name ORDER BY min(started_at)`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
