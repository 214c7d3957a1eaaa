import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { hasCommitted } from '../../resources/run/facts.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { isHaltedByOthers, isWorkload } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import { sourceWorkloads } from './list-workloads.js';
import { travels } from './travels.js';

/** Workloads of a source that are down since MTC, or another plan, halted them. */
export interface HaltedBefore {
  /** A cutover starts them on the target, as their annotations say. */
  starts: KubeObject[];
  /** Another plan has moved them, and was not rolled back: their application may run elsewhere. */
  stays: KubeObject[];
}

export async function haltedBefore(
  { store }: Pick<ActivityDependencies, 'store'>,
  planUid: string,
  workloads: readonly KubeObject[],
): Promise<HaltedBefore> {
  const halted = workloads.filter((object) => isWorkload(object) && isHaltedByOthers(object, planUid));
  const moved = new Set<string>();
  for (const plan of new Set(halted.flatMap((object) => planOf(object) ?? []))) {
    const attempts = attemptsSinceRollback(await store.runs.ofPlan(plan));
    if (attempts.some(({ facts }) => hasCommitted(facts))) moved.add(plan);
  }
  const isMoved = (object: KubeObject): boolean => moved.has(planOf(object) ?? '');
  return { starts: halted.filter((object) => !isMoved(object)), stays: halted.filter(isMoved) };
}

/** Those that a run starts on the target beside what it halts itself; none where it halts nothing. */
export async function adoptedBy(
  deps: ActivityDependencies,
  record: RunRecord,
  source: ClusterClient,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  if (!record.does.halts) return [];
  const workloads = (await sourceWorkloads(source, record, signal)).filter((workload) => travels(record, workload));
  return (await haltedBefore(deps, record.plan.uid, workloads)).starts;
}

const planOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[ANNOTATIONS.quiescedByPlan];
