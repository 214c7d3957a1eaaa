import type { KubeObject } from '../../resources/meta/kube-object.js';
import { matchesLabels, parseLabelSelector } from '../../resources/meta/selectors.js';
import { groupOf, includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { isFinishedJob, workloadKindOf } from '../../resources/workloads/workload-kinds.js';

/** What a run, or a plan, chooses of its namespaces. */
export type Choice = Pick<RunRecord, 'includedResources' | 'excludedResources' | 'labelSelector'>;

/** Whether an object of the source is among those that are chosen by kind and label. */
export const isChosen = (
  choice: Omit<Choice, 'excludedResources'>,
  { apiVersion, kind, metadata }: KubeObject,
): boolean =>
  includesKind(choice, { group: groupOf(apiVersion), kind }) &&
  matchesLabels(parseLabelSelector(formatLabelSelector(choice.labelSelector) ?? ''), metadata.labels);

/** Whether objects of the kind are left out whatever the plan chooses, by settings. */
export function isExcluded({ excludedResources }: Pick<Choice, 'excludedResources'>, { kind }: KubeObject): boolean {
  const { groupResource } = workloadKindOf({ kind });
  return [groupResource, groupResource.split('.', 1).join()].some((name) => excludedResources.includes(name));
}

/** Whether the Restore brings a workload of the source to the target. What it only halts for its volumes stays. */
export function travels(choice: Choice, workload: KubeObject): boolean {
  const { kind } = workload;
  return (
    isChosen(choice, workload) &&
    !isExcluded(choice, workload) &&
    // Its CronJob makes the next one on the target; a Job that has ended is not needed there.
    !(kind === 'Job' && (controllerOf(workload) !== undefined || isFinishedJob(workload)))
  );
}
