import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run/run-record.js';
import type { NamespaceHolder, NamespacePlace, QueuedKind } from './migration-store.js';
import { type Locker, lockNamespaces } from './namespace-locks.js';
import { PlanQueueEntity } from './schema/plan-queue-entity.js';

export interface Place {
  held: boolean;
  /** `<namespace>/<name>` of the migration that runs, unless it is the asking one. */
  holder?: string;
  /** Runs before this one, the running one included; 0 when held. */
  position: number;
  /** A run of another plan that works on a namespace of this one: the place is not taken. */
  conflict?: NamespaceHolder;
}

/** The lower one goes first: a rollback undoes what the others do, a stage costs no downtime. */
const RANK: Record<QueuedKind, number> = { rollback: 0, stage: 1, cutover: 2 };

/** Takes the plan and its namespaces for a run, or a place in the queue for it, within a transaction. */
export async function takePlan(
  manager: EntityManager,
  locker: Locker,
  kind: QueuedKind,
  places: readonly NamespacePlace[],
): Promise<Place> {
  const { planUid, ref } = locker;
  // One decision at a time for each plan; the lock goes with the transaction.
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('plan ' || $1, 0))", [planUid]);
  await manager.query(
    `INSERT INTO plan_queue (plan_uid, run_uid, attempt, namespace, name, rank) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (plan_uid, run_uid) DO UPDATE SET attempt = greatest(plan_queue.attempt, excluded.attempt)`,
    [planUid, ref.uid, ref.attempt, ref.namespace, ref.name, RANK[kind]],
  );
  await forgetDeleted(manager, planUid, ref);
  const queue = await manager.find(PlanQueueEntity, {
    where: { planUid },
    order: { running: 'DESC', rank: 'ASC', position: 'ASC' },
  });
  const position = queue.findIndex(({ runUid }) => runUid === ref.uid);
  if (position > 0) {
    const holder = queue.find(({ running }) => running);
    return { held: false, holder: holder && `${holder.namespace}/${holder.name}`, position };
  }
  await manager.update(PlanQueueEntity, { planUid, runUid: ref.uid }, { running: true });
  const conflict = await lockNamespaces(manager, locker, places);
  return conflict ? { held: false, position: 0, conflict } : { held: true, position: 0 };
}

/** A migration deleted while it waited no longer asks, and must not hold up the others. */
const forgetDeleted = (manager: EntityManager, planUid: string, ref: RunRef): Promise<unknown> =>
  manager.query(
    `DELETE FROM plan_queue WHERE plan_uid = $1 AND run_uid <> $2 AND NOT running
     AND NOT EXISTS (SELECT FROM resources WHERE uid = run_uid)`,
    [planUid, ref.uid],
  );

/** Gives up the run's place, held or waited for; that of a newer attempt stays. */
export const releasePlan = (manager: EntityManager, planUid: string, ref: RunRef): Promise<unknown> =>
  manager.query('DELETE FROM plan_queue WHERE plan_uid = $1 AND run_uid = $2 AND attempt <= $3', [
    planUid,
    ref.uid,
    ref.attempt,
  ]);
