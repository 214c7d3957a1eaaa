import type { KubeObject, OwnerReference } from '../meta/kube-object.js';

/** The owner that manages the object, if any. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true);

/** All its containers have ended for good. */
export const isFinishedPod = (pod: KubeObject): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Rolls out a DeploymentConfig, or runs its hooks: names the ReplicationController it works for, but not as its controller. */
export const isDeployerPod = (pod: KubeObject): boolean =>
  pod.metadata.labels?.['openshift.io/deployer-pod-for.name'] !== undefined;

/** What keeps a pod: its controller; of a deployer pod the ReplicationController it works for. */
export const keeperOf = (object: KubeObject): OwnerReference | undefined =>
  controllerOf(object) ?? (isDeployerPod(object) ? object.metadata.ownerReferences?.[0] : undefined);
