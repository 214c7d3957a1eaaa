import type { RunOutline } from '../../migrations-db/migration-store.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { hasCommitted } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { haltedByRun, isHalted, isQuiescedBy } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import { haltedBy } from './halted-workloads.js';

/**
 * Tells which workloads stay down when the source of a run comes back: what an earlier run of the plan halted that has passed its commit point
 * and was not rolled back, so that their application may run on the target, unless this run has found them running again; and whatever
 * a run halted that began after this one, or that is not recorded (the database is older than the cluster): that is not this one's to start.
 * A rollback starts them all.
 */
export async function leftScaledDown(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
): Promise<(object: KubeObject) => boolean> {
  if (record.does.starts === 'source') return () => false;
  const all = await deps.store.runs.ofPlan(record.plan.uid);
  const known = all.slice(0, all.findIndex(({ ref }) => isSame(ref, run)) + 1);
  const rows = attemptsSinceRollback(all);
  // Not there when it was rolled back since: then all of them are later.
  const place = rows.findIndex(({ ref }) => isSame(ref, run));
  const earlier = rows.slice(0, Math.max(place, 0)).filter(({ ref }) => ref.uid !== run.uid);
  const down = new Set(haltedForGood(earlier));
  for (const taken of await haltedBy(deps, run)) if (!taken.wasDown) down.delete(describeReference(taken));
  for (const workload of haltedForGood(rows.slice(place + 1))) down.add(workload);
  const isOfOthers = (object: KubeObject): boolean => {
    const halter = haltedByRun(object);
    return halter !== undefined && !known.some(({ ref }) => isSame(ref, halter));
  };
  return (object) =>
    isHalted(object) &&
    isQuiescedBy(object, record.plan.uid) &&
    (down.has(describeReference(referenceOf(object))) || isOfOthers(object));
}

const haltedForGood = (rows: readonly RunOutline[]): string[] =>
  rows
    .filter(({ facts }) => hasCommitted(facts))
    .flatMap(({ facts }) => facts.haltedWorkloads ?? [])
    .map(describeReference);

const isSame = (one: Attempt, other: Attempt): boolean => one.uid === other.uid && one.attempt === other.attempt;

type Attempt = Pick<RunRef, 'uid' | 'attempt'>;
