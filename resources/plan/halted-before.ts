import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { describeSavedState } from '../workloads/quiesce.js';

interface Halted {
  starts: readonly KubeObject[];
  stays: readonly KubeObject[];
}

/** What MTC, or another plan, halted on the source and did not start again. */
export function haltedBeforeFindings({ starts, stays }: Halted): ConditionFinding[] {
  const items = [
    ...starts.map((object) => `${title(object)} (${describeSavedState(object)})`),
    ...stays.map((object) => `${title(object)} (${describeSavedState(object)}; stays down: another plan has moved it)`),
  ];
  if (items.length === 0) return [];
  const message =
    'Workloads of the source are down, with the annotations (migration.openshift.io/preQuiesce…) by which MTC or another plan halted them: []. A cutover with quiescePods: true starts them on the target as these say. Remove the annotations from those that are meant to stay down.';
  return [warn('WorkloadsHaltedBefore', 'SavedState', message, items)];
}

const title = (object: KubeObject): string => describeReference(referenceOf(object));
