import type { ConditionFinding } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { helperUidOf, templateLabelsOf } from '../workloads/helpers.js';
import { controllerOf } from '../workloads/ownership.js';

/**
 * What carries the label of our helpers and is none: a manifest copied from a transfer pod, a policy that sets labels. It is halted and waited
 * for as all else, but sweeps and backups go by the label.
 *
 * @param objects workloads and pods of the source, without helpers of ours
 */
export function foreignHelperFindings(objects: readonly KubeObject[]): ConditionFinding[] {
  const carriers = objects
    .filter((object) => helperUidOf(object) !== undefined || LABELS.helper in templateLabelsOf(object))
    // What follows another object has its labels from there.
    .filter((object) => controllerOf(object) === undefined)
    .map((object) => describeReference(referenceOf(object)));
  if (carriers.length === 0) return [];
  const message = `Workloads or pods of the source carry the label ${LABELS.helper}, which marks what migrations make for themselves, but no migration has made them: []. Remove the label, also from the template of the pods.`;
  return [critical('ForeignHelperLabel', 'Label', message, [...new Set(carriers)].sort())];
}
