import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';

interface LeftBehind {
  /** By the settings. */
  excluded: readonly KubeObject[];
  /** Of kinds that the target does not serve. */
  unserved: readonly KubeObject[];
}

/** Running workloads that do not arrive on the target. */
export function leftBehindFindings({ excluded, unserved }: LeftBehind): ConditionFinding[] {
  const items = [
    ...excluded.map((object) => `${title(object)} (excluded)`),
    ...unserved.map((object) => `${title(object)} (not served by the target)`),
  ];
  if (items.length === 0) return [];
  const message =
    'Workloads of the source run and do not arrive on the target: []. A cutover halts those that are excluded, and they stay down; it is refused while there are others. Install on the target what serves them, or name their kinds in excluded_resources of MigrationController if they may stay down.';
  return [warn('WorkloadsLeftBehind', 'NotBrought', message, items)];
}

const title = (object: KubeObject): string => describeReference(referenceOf(object));
