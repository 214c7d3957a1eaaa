import { groupOf, includesKind } from '../../resources/included-resources.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { formatLabelSelector } from '../../resources/label-selector.js';
import type { RunRecord } from '../../resources/run-record.js';
import { matchesLabels, parseLabelSelector } from '../../resources/selectors.js';
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
    // Its CronJob makes the next one on the target; one that has ended has nothing to do there.
    !(kind === 'Job' && (controllerOf(workload) !== undefined || isFinishedJob(workload)))
  );
}
