import type { KubeObject } from '../meta/kube-object.js';
import { lastWriterOf } from './last-writer.js';
import { controllerOf } from './ownership.js';

/** Objects that scale workloads they name: `HorizontalPodAutoscaler`, KEDA's `ScaledObject`. */
export const SCALER_TYPES = [
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
] as const;

/** Whether a scaler's target is the workload. KEDA takes a Deployment where no kind is said. */
export const scales = (scaler: KubeObject, { kind, metadata }: KubeObject): boolean => {
  const target: { kind?: string; name?: string } = scaler.spec?.scaleTargetRef ?? {};
  return (
    scaler.metadata.namespace === metadata.namespace &&
    (target.kind ?? 'Deployment') === kind &&
    target.name === metadata.name
  );
};

/** Field managers that keep what they manage as they want it. Tools that people run (kubectl, helm, oc) write once. */
const KEEPERS = /(^|[-_./])(argocd|argo|flux|fleet|keda|operator|controller)([-_./]|$)|^manager$/i;
/** Part of the cluster: they do as the objects say. */
const OF_THE_CLUSTER = ['kube-controller-manager', 'openshift-controller-manager', 'openshift-apiserver'];

/** The field manager that set the workload's scale last, when it is one that would set it again. */
export function scaleKeeperOf(workload: KubeObject): string | undefined {
  const manager = lastWriterOf(workload)?.manager;
  return manager && KEEPERS.test(manager) && !OF_THE_CLUSTER.includes(manager) ? manager : undefined;
}

/** Groups of Kubernetes and OpenShift: controllers of these kinds follow what we halt. */
const isBuiltIn = (apiVersion: string): boolean => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/', 1)[0] ?? '') : '';
  return !group.includes('.') || /\.(k8s|openshift)\.io$/.test(group);
};

/** `Kafka main`: the custom resource whose operator keeps the object. */
export function customControllerOf(object: KubeObject): string | undefined {
  const controller = controllerOf(object);
  return controller && !isBuiltIn(controller.apiVersion) ? `${controller.kind} ${controller.name}` : undefined;
}
