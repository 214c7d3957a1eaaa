import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { hasCommitted } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { isHalted, isQuiescedBy } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import { haltedBy } from './halted-workloads.js';

/**
 * Tells which workloads stay down when the source of a run comes back: an earlier run of the plan halted them, passed its commit point and
 * was not rolled back, so that their application may run on the target; and this run has not found them running again. A rollback starts
 * them all.
 */
export async function leftScaledDown(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
): Promise<(object: KubeObject) => boolean> {
  if (record.does.starts === 'source') return () => false;
  const rows = attemptsSinceRollback(await deps.store.runs.ofPlan(record.plan.uid));
  const committed = rows.filter((row) => row.ref.uid !== run.uid && hasCommitted(row.facts));
  const down = new Set(committed.flatMap(({ facts }) => facts.haltedWorkloads ?? []).map(describeReference));
  for (const taken of await haltedBy(deps, run)) if (!taken.wasDown) down.delete(describeReference(taken));
  return (object) =>
    isHalted(object) && isQuiescedBy(object, record.plan.uid) && down.has(describeReference(referenceOf(object)));
}
