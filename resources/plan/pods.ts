import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { isBarePod } from '../workloads/bare-pod.js';

/** Selectors that every node of a kind satisfies, or that say nothing about one cluster's own nodes. */
const HARMLESS_SELECTORS = [
  'node-role.kubernetes.io/compute',
  'node-role.kubernetes.io/worker',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'kubevirt.io/schedulable',
];
const BROKEN = ['ImagePullBackOff', 'ErrImagePull', 'CrashLoopBackOff'];

/** Pods of the source namespaces, none of which are our own helpers. */
export function podFindings(pods: readonly KubeObject[], limit: number): ConditionFinding[] {
  const findings: ConditionFinding[] = [];
  const running = pods.filter((pod) => pod.status?.phase === 'Running');
  if (running.length > limit) {
    const message = `${running.length} pods run in the source namespaces, mig_pod_limit is ${limit}. The migration may take long; split the plan, or raise the limit in MigrationController.`;
    findings.push(warn('PodLimitExceeded', 'LimitExceeded', message));
  }
  const selective = pods.filter(hasNodeSelector).map(nameOf);
  if (selective.length > 0) {
    const message = 'Pods of the source ask for nodes with certain labels: []. Check that the target has such nodes.';
    findings.push(warn('NamespacesHaveNodeSelectors', 'NodeSelectorsDetected', message, selective));
  }
  const unhealthy = unhealthyPods(pods).map(nameOf);
  if (unhealthy.length > 0) {
    const message = 'Pods of the source are not healthy and may not be on the target either: []. Look at them first.';
    findings.push(warn('SourcePodsNotHealthy', 'NotHealthy', message, unhealthy));
  }
  const bare = pods.filter(isBarePod).map(nameOf);
  if (bare.length > 0) {
    const message =
      'Pods of the source have no controller and so cannot be halted: []. In a cutover they keep running on the source, and run on the target too. Keep the manifest of each and delete it before the cutover; create it on the target afterwards.';
    findings.push(warn('BarePodsNotHalted', 'NoController', message, bare));
  }
  return findings;
}

/** Failed, unable to get their image, crashing, or finding no node. */
export const unhealthyPods = (pods: readonly KubeObject[]): KubeObject[] => pods.filter(isUnhealthy);

function isUnhealthy({ status = {} }: KubeObject): boolean {
  const containers: { state?: { waiting?: { reason?: string } } }[] = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ];
  const conditions: { type: string; reason?: string }[] = status.conditions ?? [];
  return (
    status.phase === 'Failed' ||
    containers.some(({ state }) => BROKEN.includes(state?.waiting?.reason ?? '')) ||
    (status.phase !== 'Running' && conditions.some(({ reason }) => reason === 'Unschedulable'))
  );
}

const hasNodeSelector = ({ spec }: KubeObject): boolean =>
  Object.keys(spec?.nodeSelector ?? {}).some((key) => !HARMLESS_SELECTORS.includes(key));

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
