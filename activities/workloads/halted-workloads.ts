import { describeReference, type KubeObject, type ObjectReference, referenceOf } from '../../resources/kube-object.js';
import type { RunRecord, RunRef } from '../../resources/run-record.js';
import type { ActivityDependencies } from '../dependencies.js';
import { travels } from './travels.js';

/** A workload that a run halted, as the run's fact {@link HALTED_WORKLOADS} keeps it. */
export interface HaltedWorkload extends ObjectReference {
  uid: string;
  /** It is not brought to the target. */
  stays?: true;
}

/** Grows with the application: not for workflows, whose payloads it would fill. */
export const HALTED_WORKLOADS = 'haltedWorkloads';

/** Adds to what the run has halted; written before the deed. */
export async function recordHalted(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  known: readonly HaltedWorkload[],
  workloads: readonly KubeObject[],
): Promise<HaltedWorkload[]> {
  const added = workloads
    .filter(({ metadata }) => !known.some(({ uid }) => uid === metadata.uid))
    .map((object) => ({
      ...referenceOf(object),
      uid: object.metadata.uid ?? '',
      ...(!travels(record, object) && { stays: true as const }),
    }));
  const all = [...known, ...added];
  if (added.length > 0) await store.runs.addFacts(run, { [HALTED_WORKLOADS]: all });
  return all;
}

/** Empty when the run halted none. */
export async function haltedBy({ store }: ActivityDependencies, run: RunRef): Promise<HaltedWorkload[]> {
  const facts = (await store.runs.get(run))?.facts;
  return (facts?.[HALTED_WORKLOADS] as HaltedWorkload[] | undefined) ?? [];
}

/** Those of which no workload of the name is there, whoever made it. */
export const missingFrom = (found: readonly KubeObject[], halted: readonly HaltedWorkload[]): HaltedWorkload[] => {
  const names = new Set(found.map((object) => describeReference(referenceOf(object))));
  return halted.filter((workload) => !names.has(describeReference(workload)));
};
