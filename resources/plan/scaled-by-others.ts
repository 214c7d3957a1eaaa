import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { controllerOf, isFinishedPod } from '../workloads/ownership.js';
import { isHalted, isWorkload } from '../workloads/quiesce.js';
import { customControllerOf, scaleKeeperOf, scales } from '../workloads/scalers.js';
import { WORKLOAD_KINDS } from '../workloads/workload-kinds.js';

/** Kinds that keep pods and are halted by us, or follow what is. */
const KNOWN_KEEPERS = [...WORKLOAD_KINDS.map(({ kind }) => kind), 'VirtualMachineInstance', 'Node', 'Build'];

interface Observed {
  /** Objects of the kinds that can be halted, those that follow others included. */
  workloads: readonly KubeObject[];
  /** HorizontalPodAutoscalers and ScaledObjects. */
  scalers: readonly KubeObject[];
  pods: readonly KubeObject[];
}

/** What of the source might be started again by others, or cannot be halted, while a cutover keeps the application down. */
export function scaledByOthersFindings({ workloads, scalers, pods }: Observed): ConditionFinding[] {
  const findings: ConditionFinding[] = [];
  const scaled = workloads
    .filter((object) => isWorkload(object) && !isHalted(object))
    .map((object) => ({ object, by: scaledBy(object, scalers) }))
    .filter(({ by }) => by.length > 0)
    .map(({ object, by }) => `${describeReference(referenceOf(object))} (${by.join(', ')})`);
  if (scaled.length > 0) {
    const message =
      'Workloads of the source are scaled by others, which may start them again after a cutover has halted them; the cutover then fails: []. For the cutover scale the operators down and pause the sync of Argo CD and the ScaledObjects of KEDA. An autoscaler alone does nothing while replicas are 0.';
    findings.push(warn('ScaledByOthers', 'OtherManagers', message, scaled));
  }
  const beyondUs = [
    ...workloads.filter((object) => !isWorkload(object) && customControllerOf(object) && !isHalted(object)),
    ...pods.filter((pod) => !isFinishedPod(pod) && !KNOWN_KEEPERS.includes(controllerOf(pod)?.kind ?? 'Node')),
  ].map((object) => {
    const controller = controllerOf(object);
    return `${controller?.kind} ${object.metadata.namespace}/${controller?.name}`;
  });
  if (beyondUs.length > 0) {
    const message =
      'Pods of the source are kept by controllers that this system cannot halt: []. A cutover waits for these pods to end and fails if they do not: stop the applications through these objects before it.';
    findings.push(warn('ControllersNotHalted', 'UnknownController', message, [...new Set(beyondUs)]));
  }
  return findings;
}

function scaledBy(workload: KubeObject, scalers: readonly KubeObject[]): string[] {
  const manager = scaleKeeperOf(workload);
  const owner = customControllerOf(workload);
  return [
    ...scalers.filter((scaler) => scales(scaler, workload)).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ...(owner ? [`controlled by ${owner}`] : []),
    ...(manager ? [`field manager ${manager} sets its scale`] : []),
  ];
}
