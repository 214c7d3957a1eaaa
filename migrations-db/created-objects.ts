import type { EntityManager } from 'typeorm';
import type { RecordedObject } from '../resources/run/created-object.js';

/** What runs of a plan made, each object once: with the first run that recorded it. */
export async function createdBy(manager: EntityManager, planUid: string): Promise<RecordedObject[]> {
  const rows: (Omit<RecordedObject, 'namespace'> & { namespace: string })[] = await manager.query(
    `SELECT cluster, "apiVersion", kind, namespace, name, uid, "clusterName", "clusterUid" FROM (
       SELECT DISTINCT ON (created.object_uid)
         created.cluster, created.api_version AS "apiVersion", created.kind, created.namespace, created.name,
         created.object_uid AS uid, coalesce(run.target ->> 'name', '') AS "clusterName",
         coalesce(run.target ->> 'clusterUid', '') AS "clusterUid", run.started_at
       FROM created_objects created
       JOIN runs run ON run.uid = created.run_uid AND run.attempt = created.attempt
       WHERE run.plan_uid = $1
       ORDER BY created.object_uid, run.started_at
     ) made
     ORDER BY started_at, kind, namespace, name, uid`,
    [planUid],
  );
  return rows.map(({ namespace, ...object }) => (namespace === '' ? object : { ...object, namespace }));
}

export const forgetCreated = (manager: EntityManager, planUid: string, uids: readonly string[]): Promise<unknown> =>
  manager.query(
    `DELETE FROM created_objects WHERE object_uid = ANY ($2)
       AND run_uid IN (SELECT uid FROM runs WHERE plan_uid = $1)`,
    [planUid, uids],
  );
