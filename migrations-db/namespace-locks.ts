import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run/run-record.js';
import type { NamespaceHolder, NamespacePlace } from './migration-store.js';

/** Whose the places are to be. */
export interface Locker {
  planUid: string;
  /** `<namespace>/<name>` of the plan. */
  plan: string;
  ref: RunRef;
}

/**
 * Takes namespaces for a run that holds its plan's place, in place of those it had, within a transaction; they go with that place. A namespace
 * is one place in whatever role: what one plan copies from, another must not copy into.
 *
 * @returns who holds one of them; then nothing was taken
 */
export async function lockNamespaces(
  manager: EntityManager,
  { planUid, plan, ref }: Locker,
  places: readonly NamespacePlace[],
): Promise<NamespaceHolder | undefined> {
  // One decision at a time; the lock goes with the transaction.
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('namespaces', 0))");
  const clusters = places.map(({ clusterUid }) => clusterUid);
  const names = places.map(({ namespace }) => namespace);
  const [holder]: NamespaceHolder[] = await manager.query(
    `SELECT held.namespace, held.plan, held.run FROM namespace_locks held
       JOIN unnest($2::text[], $3::text[]) AS wanted (cluster_uid, namespace) USING (cluster_uid, namespace)
       WHERE held.plan_uid <> $1 ORDER BY held.namespace LIMIT 1`,
    [planUid, clusters, names],
  );
  if (holder) return holder;
  await manager.query('DELETE FROM namespace_locks WHERE plan_uid = $1', [planUid]);
  await manager.query(
    `INSERT INTO namespace_locks (cluster_uid, namespace, side, plan_uid, run_uid, plan, run)
       SELECT DISTINCT wanted.*, queue.plan_uid, queue.run_uid, $6, $7
       FROM unnest($3::text[], $4::text[], $5::text[]) AS wanted, plan_queue queue
       WHERE queue.plan_uid = $1 AND queue.run_uid = $2 AND queue.running`,
    [planUid, ref.uid, clusters, names, places.map(({ side }) => side), plan, `${ref.namespace}/${ref.name}`],
  );
  return undefined;
}
