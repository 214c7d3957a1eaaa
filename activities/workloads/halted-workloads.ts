import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { HaltedWorkload } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { travels } from './travels.js';

/** Adds to what the run has halted; written before they are halted. */
export async function recordHalted(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  known: readonly HaltedWorkload[],
  workloads: readonly KubeObject[],
): Promise<HaltedWorkload[]> {
  const added = workloads
    .filter((object) => !knows(known, object))
    .map((object) => ({
      ...referenceOf(object),
      uid: object.metadata.uid ?? '',
      ...(!travels(record, object) && { stays: true as const }),
      ...(isHalted(object) && { wasDown: true as const }),
    }));
  if (added.length === 0) return [...known];
  const uids = new Set(added.map(({ uid }) => uid));
  const all = [...known.filter(({ uid }) => !uids.has(uid)), ...added];
  await store.runs.addFacts(run, { haltedWorkloads: all });
  return all;
}

/** What a killed attempt has halted stays recorded; what it found down and was started since is recorded now. */
const knows = (known: readonly HaltedWorkload[], object: KubeObject): boolean =>
  known.some(({ uid, wasDown }) => uid === object.metadata.uid && (!wasDown || isHalted(object)));

/** Empty when the run halted none. */
export async function haltedBy({ store }: ActivityDependencies, run: RunRef): Promise<HaltedWorkload[]> {
  return (await store.runs.get(run))?.facts.haltedWorkloads ?? [];
}

/** Those of which no workload of the name is there, whoever made it. */
export const missingFrom = (found: readonly KubeObject[], halted: readonly HaltedWorkload[]): HaltedWorkload[] => {
  const names = new Set(found.map((object) => describeReference(referenceOf(object))));
  return halted.filter((workload) => !names.has(describeReference(workload)));
};
