import pg from 'pg';
import type { MadeRun } from './leftover-check.js';

export interface MadeRunOfPlan extends MadeRun {
  /** Name of its plan; null for a DirectVolumeMigration that belongs to none. */
  plan: string | null;
}

/** Every run that a system has recorded; deleting a migration or its plan forgets none. */
export async function madeRuns(databaseUrl: string): Promise<MadeRunOfPlan[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<MadeRunOfPlan>(
      `SELECT uid, namespace || '/' || name AS name, max(record #>> '{plan,name}') AS plan,
              bool_and(ended_at IS NOT NULL) AS "isOver"
         FROM runs GROUP BY uid, namespace, name ORDER BY min(started_at)`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
