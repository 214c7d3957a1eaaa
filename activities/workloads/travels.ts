import type { KubeObject } from '../../resources/meta/kube-object.js';
import { matchesLabels, parseLabelSelector } from '../../resources/meta/selectors.js';
import { groupOf, includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { isFinishedJob, workloadKindOf } from '../../resources/workloads/workload-kinds.js';

/** Whether the Restore brings a workload of the source to the target. What it only halts for its volumes stays. */
export function travels(record: RunRecord, workload: KubeObject): boolean {
  const { apiVersion, kind, metadata } = workload;
  const { groupResource } = workloadKindOf(workload);
  const names = [groupResource, groupResource.split('.', 1).join()];
  return (
    includesKind(record, { group: groupOf(apiVersion), kind }) &&
    matchesLabels(parseLabelSelector(formatLabelSelector(record.labelSelector) ?? ''), metadata.labels) &&
    !names.some((name) => record.excludedResources.includes(name)) &&
    // Its CronJob makes the next one on the target; a Job that has ended is not needed there.
    !(kind === 'Job' && (controllerOf(workload) !== undefined || isFinishedJob(workload)))
  );
}
